package dev.millrace.plugins.converters;

import org.apache.kafka.common.serialization.DoubleDeserializer;
import org.apache.kafka.common.serialization.DoubleSerializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;

/** Converts Double values as Kafka's DoubleSerializer writes them. Thread-safe: stateless. */
public final class DoubleConverter implements PlainConverter {

  private final Primitive<Double> primitive =
      new Primitive<>(
          Double.class,
          Schema.OPTIONAL_FLOAT64_SCHEMA,
          new DoubleSerializer(),
          new DoubleDeserializer());

  /** For the service loader. */
  public DoubleConverter() {}

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
