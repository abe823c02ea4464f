package dev.millrace.plugins.converters;

import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;

/** Converts Integer values as Kafka's IntegerSerializer writes them. Thread-safe: stateless. */
public final class IntegerConverter implements PlainConverter {

  private final Primitive<Integer> primitive =
      new Primitive<>(
          Integer.class,
          Schema.OPTIONAL_INT32_SCHEMA,
          new IntegerSerializer(),
          new IntegerDeserializer());

  /** For the service loader. */
  public IntegerConverter() {}

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
