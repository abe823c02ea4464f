package dev.millrace.plugins.converters;

import org.apache.kafka.common.serialization.BooleanDeserializer;
import org.apache.kafka.common.serialization.BooleanSerializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;

/** Converts Boolean values as Kafka's BooleanSerializer writes them. Thread-safe: stateless. */
public final class BooleanConverter implements PlainConverter {

  private final Primitive<Boolean> primitive =
      new Primitive<>(
          Boolean.class,
          Schema.OPTIONAL_BOOLEAN_SCHEMA,
          new BooleanSerializer(),
          new BooleanDeserializer());

  /** For the service loader. */
  public BooleanConverter() {}

  /** Throws DataException for another schema or type. */
  @Override
  public byte[] fromConnectData(String topic, Schema schema, Object value) {
    return primitive.write(topic, schema, value);
  }

  /** Throws DataException for bytes of another length. */
  @Override
  public SchemaAndValue toConnectData(String topic, byte[] value) {
    return primitive.read(topic, value);
  }
}
