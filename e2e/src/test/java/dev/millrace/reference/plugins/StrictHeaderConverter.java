package dev.millrace.reference.plugins;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.HeaderConverter;

/** A header converter with keys of its own. */
public final class StrictHeaderConverter implements HeaderConverter {

  @Override
  public ConfigDef config() {
    return Keys.few();
  }

  @Override
  public void configure(Map<String, ?> config) {
    // nothing to keep
  }

  @Override
  public SchemaAndValue toConnectHeader(String topic, String name, byte[] value) {
    return new SchemaAndValue(Schema.BYTES_SCHEMA, value);
  }

  @Override
  public byte[] fromConnectHeader(String topic, String name, Schema schema, Object value) {
    return new byte[0];
  }

  @Override
  public void close() {
    // holds nothing
  }
}
