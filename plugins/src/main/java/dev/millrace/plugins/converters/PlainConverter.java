package dev.millrace.plugins.converters;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.ConverterConfig;
import org.apache.kafka.connect.storage.HeaderConverter;

/**
 * What the converters here have in common: no settings, nothing to close, and headers are written
 * as keys and values are.
 */
interface PlainConverter extends Converter, HeaderConverter {

  /** That of Kafka: they write what Kafka's serializers write. */
  @Override
  default String version() {
    return AppInfoParser.getVersion();
  }

  /** The setting every converter has: whether it is for keys, values or headers. */
  @Override
  default ConfigDef config() {
    return ConverterConfig.newConfigDef();
  }

  @Override
  default void configure(Map<String, ?> configs) {}

  @Override
  default void configure(Map<String, ?> configs, boolean isKey) {}

  @Override
  default byte[] fromConnectHeader(String topic, String headerKey, Schema schema, Object value) {
    return fromConnectData(topic, schema, value);
  }

  @Override
  default SchemaAndValue toConnectHeader(String topic, String headerKey, byte[] value) {
    return toConnectData(topic, value);
  }

  @Override
  default void close() {}
}
