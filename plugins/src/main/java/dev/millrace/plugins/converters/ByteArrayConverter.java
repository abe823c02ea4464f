package dev.millrace.plugins.converters;

import java.nio.ByteBuffer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;

/** Passes bytes through as they are. Thread-safe: stateless. */
public final class ByteArrayConverter implements PlainConverter {

  /** For the service loader. */
  public ByteArrayConverter() {}

  /** Throws DataException for a schema other than bytes and a value other than bytes. */
  @Override
  public byte[] fromConnectData(String topic, Schema schema, Object value) {
    if (schema != null && schema.type() != Schema.Type.BYTES) {
      throw new DataException(
          "ByteArrayConverter takes bytes only, but the schema of this data is %s"
              .formatted(schema.type()));
    }
    return switch (value) {
      case null -> null;
      case byte[] bytes -> bytes;
      case ByteBuffer buffer -> copy(buffer);
      default ->
          throw new DataException(
              "ByteArrayConverter takes bytes only, but this data is a %s"
                  .formatted(value.getClass().getName()));
    };
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  @Override
  public SchemaAndValue toConnectData(String topic, byte[] value) {
    return new SchemaAndValue(Schema.OPTIONAL_BYTES_SCHEMA, value);
  }
}
