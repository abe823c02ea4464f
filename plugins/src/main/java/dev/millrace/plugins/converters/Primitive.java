package dev.millrace.plugins.converters;

import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;

/**
 * How one primitive type is written: as Kafka's own serializer of that type does; schemas are
 * optional. Immutable.
 */
record Primitive<T>(
    Class<T> type, Schema schema, Serializer<T> serializer, Deserializer<T> deserializer) {

  byte[] write(String topic, Schema given, Object value) {
    if (given != null && given.type() != schema.type()) {
      throw refused("the schema of this data is " + given.type());
    }
    if (value != null && !type.isInstance(value)) {
      throw refused("this data is a " + value.getClass().getName());
    }
    return serializer.serialize(topic, type.cast(value));
  }

  private DataException refused(String what) {
    String name = type.getSimpleName();
    return new DataException(
        "%sConverter takes values of type %s only, but %s".formatted(name, name, what));
  }

  SchemaAndValue read(String topic, byte[] bytes) {
    try {
      return new SchemaAndValue(schema, deserializer.deserialize(topic, bytes));
    } catch (SerializationException e) {
      throw new DataException(
          "%d bytes in topic '%s' are not a %s: %s"
              .formatted(bytes.length, topic, type.getSimpleName(), e.getMessage()),
          e);
    }
  }
}
