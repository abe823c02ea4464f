package dev.millrace.plugins.converters;

import org.apache.kafka.common.serialization.ShortDeserializer;
import org.apache.kafka.common.serialization.ShortSerializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;

/** Converts Short values as Kafka's ShortSerializer writes them. Thread-safe: stateless. */
public final class ShortConverter implements PlainConverter {

  private final Primitive<Short> primitive =
      new Primitive<>(
          Short.class,
          Schema.OPTIONAL_INT16_SCHEMA,
          new ShortSerializer(),
          new ShortDeserializer());

  /** For the service loader. */
  public ShortConverter() {}

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
