package dev.millrace.worker;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/** The small plugins of a connector, with trouble where their settings say. */
final class TroublePlugins {
  private TroublePlugins() {}

  /** Changes nothing. */
  public static final class Transform<R extends ConnectRecord<R>> implements Transformation<R> {
    private Map<String, ?> settings = Map.of();

    @Override
    public String version() {
      Trouble.at("transform.version", settings);
      return "1";
    }

    @Override
    public void configure(Map<String, ?> configs) {
      settings = configs;
      Trouble.at("transform.configure", configs);
    }

    @Override
    public R apply(R record) {
      Trouble.at("transform.apply", settings);
      return record;
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void close() {
      Trouble.at("transform.close", settings);
    }
  }

  /** Holds for all. */
  public static final class Condition<R extends ConnectRecord<R>> implements Predicate<R> {
    private Map<String, ?> settings = Map.of();

    @Override
    public String version() {
      Trouble.at("predicate.version", settings);
      return "1";
    }

    @Override
    public void configure(Map<String, ?> configs) {
      settings = configs;
      Trouble.at("predicate.configure", configs);
    }

    @Override
    public boolean test(R record) {
      Trouble.at("predicate.test", settings);
      return true;
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void close() {
      Trouble.at("predicate.close", settings);
    }
  }

  /** Text. */
  public static final class Conversion implements Converter {
    private Map<String, ?> settings = Map.of();

    @Override
    public String version() {
      Trouble.at("converter.version", settings);
      return "1";
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
      settings = configs;
      Trouble.at("converter.configure", configs);
    }

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
      Trouble.at("converter.fromConnectData", settings);
      return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] value) {
      Trouble.at("converter.toConnectData", settings);
      return new SchemaAndValue(Schema.STRING_SCHEMA, new String(value, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
      Trouble.at("converter.close", settings);
    }
  }

  /** None. */
  public static final class Headers implements HeaderConverter {
    private Map<String, ?> settings = Map.of();

    @Override
    public String version() {
      Trouble.at("headers.version", settings);
      return "1";
    }

    @Override
    public void configure(Map<String, ?> configs) {
      settings = configs;
      Trouble.at("headers.configure", configs);
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public byte[] fromConnectHeader(String topic, String key, Schema schema, Object value) {
      Trouble.at("headers.fromConnectHeader", settings);
      return new byte[0];
    }

    @Override
    public SchemaAndValue toConnectHeader(String topic, String key, byte[] value) {
      Trouble.at("headers.toConnectHeader", settings);
      return SchemaAndValue.NULL;
    }

    @Override
    public void close() {
      Trouble.at("headers.close", settings);
    }
  }

  /** Of the producer. */
  public static final class Interceptor implements ProducerInterceptor<byte[], byte[]> {
    private Map<String, ?> settings = Map.of();

    @Override
    public void configure(Map<String, ?> configs) {
      settings = configs;
      Trouble.at("interceptor.configure", configs);
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
      Trouble.at("interceptor.onSend", settings);
      Trouble.at("letters.onSend", settings);
      return record;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
      Trouble.at("interceptor.onAcknowledgement", settings);
      Trouble.at("letters.onAcknowledgement", settings);
    }

    @Override
    public void close() {
      Trouble.at("interceptor.close", settings);
    }
  }

  /** Gives a value unless the path asks for trouble: the path is how. */
  static final class Provider implements ConfigProvider {
    @Override
    public ConfigData get(String path) {
      return get(path, Set.of());
    }

    @Override
    public ConfigData get(String path, Set<String> keys) {
      Trouble.at("provider.get", Map.of(Trouble.AT, "provider.get", Trouble.HOW, path));
      var data = new HashMap<String, String>();
      keys.forEach(key -> data.put(key, "x"));
      return new ConfigData(data);
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
  }
}
