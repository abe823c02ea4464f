package dev.millrace.plugins.converters;

import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;

/** Converts Long values as Kafka's LongSerializer writes them. Thread-safe: stateless. */
public final class LongConverter implements PlainConverter {

  private final Primitive<Long> primitive =
      new Primitive<>(
          Long.class, Schema.OPTIONAL_INT64_SCHEMA, new LongSerializer(), new LongDeserializer());

  /** For the service loader. */
  public LongConverter() {}

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
