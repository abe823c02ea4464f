package dev.millrace.engine;

import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * A source partition as a key: two are equal when their wire forms are (compat: internal topics
 * §8), whatever Java types their numbers have. Immutable, independent of the plugin's map.
 */
public final class PartitionKey {
  private static final PartitionKey NONE = new PartitionKey(Map.of("", NoPartition.NONE));

  private enum NoPartition {
    NONE
  }

  private record Bytes(String base64) {}

  private final Map<Object, Object> normal;
  private final int hash;

  private PartitionKey(Map<Object, Object> normal) {
    this.normal = normal;
    this.hash = normal.hashCode();
  }

  /** The key of a partition, which may be null. */
  public static PartitionKey of(Map<String, ?> partition) {
    if (partition == null) {
      return NONE;
    }
    Map<Object, Object> copy = new HashMap<>();
    for (Map.Entry<?, ?> entry : partition.entrySet()) { // names that are no strings, too
      copy.put(entry.getKey(), normal(entry.getValue()));
    }
    return new PartitionKey(copy);
  }

  /** The same key if the partition has it, else another one; spares the copy. */
  public PartitionKey orOf(Map<String, ?> partition) {
    return is(partition) ? this : of(partition);
  }

  private boolean is(Map<String, ?> partition) {
    if (partition == null) {
      return equals(NONE);
    }
    if (partition.size() != normal.size()) {
      return false;
    }
    for (Map.Entry<String, ?> entry : partition.entrySet()) {
      Object value = normal(entry.getValue());
      if (value == null || !value.equals(normal.get(entry.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private static Object normal(Object value) {
    return switch (value) {
      case null -> null;
      case Byte number -> number.longValue();
      case Short number -> number.longValue();
      case Integer number -> number.longValue();
      case Float number -> number.doubleValue();
      case byte[] bytes -> new Bytes(Base64.getEncoder().encodeToString(bytes));
      default -> value;
    };
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof PartitionKey key && hash == key.hash && normal.equals(key.normal));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return normal.toString();
  }
}
