package dev.millrace.reference.plugins;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;

/** A converter with keys of its own. */
public final class StrictConverter implements Converter {

  @Override
  public ConfigDef config() {
    return Keys.few();
  }

  @Override
  public void configure(Map<String, ?> config, boolean isKey) {
    // nothing to keep
  }

  @Override
  public byte[] fromConnectData(String topic, Schema schema, Object value) {
    return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public SchemaAndValue toConnectData(String topic, byte[] value) {
    return new SchemaAndValue(Schema.BYTES_SCHEMA, value);
  }
}
