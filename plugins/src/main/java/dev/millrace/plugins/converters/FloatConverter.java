package dev.millrace.plugins.converters;

import org.apache.kafka.common.serialization.FloatDeserializer;
import org.apache.kafka.common.serialization.FloatSerializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;

/** Converts Float values as Kafka's FloatSerializer writes them. Thread-safe: stateless. */
public final class FloatConverter implements PlainConverter {

  private final Primitive<Float> primitive =
      new Primitive<>(
          Float.class,
          Schema.OPTIONAL_FLOAT32_SCHEMA,
          new FloatSerializer(),
          new FloatDeserializer());

  /** For the service loader. */
  public FloatConverter() {}

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
