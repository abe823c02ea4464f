package dev.millrace.worker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.Monitorable;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.rest.ConnectRestExtension;
import org.apache.kafka.connect.rest.ConnectRestExtensionContext;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;

/** Plugins that register a metric named {@code here}. */
final class Metered {

  private Metered() {}

  static void register(PluginMetrics metrics) {
    var name = metrics.metricName("here", "It has been asked", new LinkedHashMap<>());
    metrics.addMetric(name, (Gauge<Integer>) (config, now) -> 1);
  }

  /** Leaves values alone, and fails where it is told to. */
  public static final class Transform<R extends ConnectRecord<R>>
      implements Transformation<R>, Monitorable {
    private String failOn = "";

    @Override
    public void withPluginMetrics(PluginMetrics metrics) {
      register(metrics);
    }

    @Override
    public void configure(Map<String, ?> configs) {
      failOn = String.valueOf(configs.get("fail.on"));
    }

    @Override
    public R apply(R record) {
      if (String.valueOf(record.value()).equals(failOn)) {
        throw new IllegalArgumentException("told to fail");
      }
      return record;
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef()
          .define("fail.on", ConfigDef.Type.STRING, "", ConfigDef.Importance.LOW, "A value");
    }

    @Override
    public void close() {}
  }

  /** Allows everything. */
  public static final class Policy implements ConnectorClientConfigOverridePolicy, Monitorable {
    @Override
    public void withPluginMetrics(PluginMetrics metrics) {
      register(metrics);
    }

    @Override
    public List<ConfigValue> validate(ConnectorClientConfigRequest request) {
      return List.of();
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
  }

  /** Holds of every record. */
  public static final class Always<R extends ConnectRecord<R>>
      implements org.apache.kafka.connect.transforms.predicates.Predicate<R>, Monitorable {
    @Override
    public void withPluginMetrics(PluginMetrics metrics) {
      register(metrics);
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public boolean test(R record) {
      return true;
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void close() {}
  }

  /** Text. */
  public static final class Headers implements HeaderConverter, Monitorable {
    private final SimpleHeaderConverter simple = new SimpleHeaderConverter();

    @Override
    public void withPluginMetrics(PluginMetrics metrics) {
      register(metrics);
    }

    @Override
    public void configure(Map<String, ?> configs) {
      simple.configure(configs);
    }

    @Override
    public ConfigDef config() {
      return simple.config();
    }

    @Override
    public byte[] fromConnectHeader(String topic, String key, Schema schema, Object value) {
      return simple.fromConnectHeader(topic, key, schema, value);
    }

    @Override
    public SchemaAndValue toConnectHeader(String topic, String key, byte[] value) {
      return simple.toConnectHeader(topic, key, value);
    }

    @Override
    public void close() {}
  }

  /** Adds nothing to REST. */
  public static final class Extension implements ConnectRestExtension, Monitorable {
    @Override
    public void withPluginMetrics(PluginMetrics metrics) {
      Metered.register(metrics);
    }

    @Override
    public void register(ConnectRestExtensionContext context) {}

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public String version() {
      return "1.0";
    }

    @Override
    public void close() {}
  }

  /** JSON. */
  public static final class Json implements Converter, Monitorable {
    private final JsonConverter json = new JsonConverter();

    @Override
    public void withPluginMetrics(PluginMetrics metrics) {
      register(metrics);
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
      json.configure(configs, isKey);
    }

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
      return json.fromConnectData(topic, schema, value);
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] value) {
      return json.toConnectData(topic, value);
    }
  }
}
