package dev.millrace.formats.json;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.ConverterConfig;
import org.apache.kafka.connect.storage.ConverterType;
import org.apache.kafka.connect.storage.HeaderConverter;

/**
 * Stands before a configured {@link JsonConverter} and gives the same bytes, values and exceptions,
 * faster (decision 0051). Plain cases are written and read without trees, a schema's text only
 * once; everything else, errors above all, is left to the original. Thread-safe, as that is.
 */
public final class AcceleratedJson {

  private AcceleratedJson() {}

  /**
   * A converter of keys or values.
   *
   * @param original configured with the settings; closed with the result
   */
  public static Converter converter(
      JsonConverter original, Map<String, ?> settings, boolean forKeys) {
    return new Both(original, typed(settings, forKeys ? ConverterType.KEY : ConverterType.VALUE));
  }

  /**
   * A converter of headers.
   *
   * @param original configured with the settings; closed with the result
   */
  public static HeaderConverter headerConverter(JsonConverter original, Map<String, ?> settings) {
    return new Both(original, typed(settings, ConverterType.HEADER));
  }

  private static Settings typed(Map<String, ?> settings, ConverterType type) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put(ConverterConfig.TYPE_CONFIG, type.getName());
    return Settings.of(all);
  }

  /** Not public, so that no search for plugins finds it. */
  private static final class Both implements Converter, HeaderConverter {

    private final JsonConverter original;
    private final JsonWriter writer;
    private final JsonReader reader;

    Both(JsonConverter original, Settings settings) {
      this.original = original;
      this.writer = new JsonWriter(original, settings);
      this.reader = new JsonReader(original, settings);
    }

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
      return writer.write(topic, schema, value);
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] text) {
      return reader.read(topic, text);
    }

    @Override
    public byte[] fromConnectHeader(String topic, String name, Schema schema, Object value) {
      return writer.write(topic, schema, value);
    }

    @Override
    public SchemaAndValue toConnectHeader(String topic, String name, byte[] text) {
      return reader.read(topic, text);
    }

    @Override
    public void configure(Map<String, ?> settings, boolean forKeys) {
      throw configured();
    }

    @Override
    public void configure(Map<String, ?> settings) {
      throw configured();
    }

    private static IllegalStateException configured() {
      return new IllegalStateException("The converter is configured before it is accelerated");
    }

    @Override
    public String version() {
      return original.version();
    }

    @Override
    public ConfigDef config() {
      return original.config();
    }

    @Override
    public void close() {
      original.close();
    }
  }
}
