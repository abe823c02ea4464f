package dev.millrace.engine;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/** Hashes of keys by their content, so that equal keys have equal ones. Stateless. */
final class KeyHash {
  private KeyHash() {}

  /** The hash of what a record may have as its key, or of a source partition; 0 of null. */
  static int of(Object key) {
    return switch (key) {
      case null -> 0;
      case byte[] bytes -> Arrays.hashCode(bytes);
      case Struct struct -> ofFields(struct);
      case Map<?, ?> map -> ofEntries(map);
      case Collection<?> values -> ofElements(values);
      case Object[] values -> ofElements(Arrays.asList(values));
      default -> key.hashCode();
    };
  }

  /** Without the schema, which is the same in all keys of a topic, mostly. */
  private static int ofFields(Struct struct) {
    int hash = 1;
    for (Field field : struct.schema().fields()) {
      hash = 31 * hash + of(struct.getWithoutDefault(field.name()));
    }
    return hash;
  }

  /** In any order. */
  private static int ofEntries(Map<?, ?> map) {
    int hash = 0;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      hash += 31 * of(entry.getKey()) ^ of(entry.getValue());
    }
    return hash;
  }

  private static int ofElements(Collection<?> values) {
    int hash = 1;
    for (Object value : values) {
      hash = 31 * hash + of(value);
    }
    return hash;
  }
}
