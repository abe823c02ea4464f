package dev.millrace.worker;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/** Small plugins that note how they are called. */
final class Noting {
  /** The calls. */
  static final List<String> SEEN = new CopyOnWriteArrayList<>();

  private Noting() {}

  /** Changes nothing. */
  public static final class Step<R extends ConnectRecord<R>> implements Transformation<R> {
    @Override
    public void configure(Map<String, ?> configs) {
      SEEN.add("configure step " + new TreeMap<>(configs));
    }

    @Override
    public R apply(R record) {
      return record;
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void close() {
      SEEN.add("close step");
    }
  }

  /** Holds for all. */
  public static final class Always<R extends ConnectRecord<R>> implements Predicate<R> {
    @Override
    public void configure(Map<String, ?> configs) {
      SEEN.add("new predicate " + System.identityHashCode(this));
    }

    @Override
    public boolean test(R record) {
      return true;
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void close() {
      SEEN.add("close predicate");
    }
  }

  /** Text. */
  public static final class Text implements Converter {
    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
      SEEN.add("configure converter key=" + isKey + " " + configs);
    }

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
      return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] value) {
      return new SchemaAndValue(Schema.STRING_SCHEMA, new String(value, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
      SEEN.add("close converter");
    }
  }

  /** None. */
  public static final class Titles implements HeaderConverter {
    @Override
    public void configure(Map<String, ?> configs) {
      SEEN.add("configure headers " + configs);
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public byte[] fromConnectHeader(String topic, String key, Schema schema, Object value) {
      return new byte[0];
    }

    @Override
    public SchemaAndValue toConnectHeader(String topic, String key, byte[] value) {
      return SchemaAndValue.NULL;
    }

    @Override
    public void close() {}
  }
}
