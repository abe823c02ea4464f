package dev.millrace.kafka;

import dev.millrace.kafka.ConnectJson.OffsetKey;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offsets as raw bytes of keys and values, found by the bytes of a key and by what a key says.
 * Confined to one thread.
 */
final class OffsetTable {

  private static final Logger LOG = LoggerFactory.getLogger(OffsetTable.class);

  private final Map<ByteBuffer, byte[]> values = new LinkedHashMap<>();
  private final Map<OffsetKey, Set<ByteBuffer>> alike = new LinkedHashMap<>();

  /** The same entries in a table of its own. */
  OffsetTable copy() {
    var copy = new OffsetTable();
    copy.values.putAll(values);
    alike.forEach((key, keys) -> copy.alike.put(key, new LinkedHashSet<>(keys)));
    return copy;
  }

  /** Sets an entry; a {@code null} value takes it away. */
  void put(byte[] key, byte[] value) {
    var bytes = ByteBuffer.wrap(key);
    if (value == null) {
      if (values.remove(bytes) != null) ConnectJson.decodeKey(key).ifPresent(k -> remove(k, bytes));
    } else if (values.put(bytes, value) == null) {
      ConnectJson.decodeKey(key)
          .ifPresent(k -> alike.computeIfAbsent(k, said -> new LinkedHashSet<>()).add(bytes));
    }
  }

  private void remove(OffsetKey key, ByteBuffer bytes) {
    alike.computeIfPresent(
        key,
        (said, keys) -> {
          keys.remove(bytes);
          return keys.isEmpty() ? null : keys;
        });
  }

  /** All entries, not to be changed. */
  Map<ByteBuffer, byte[]> entries() {
    return values;
  }

  /**
   * The key under which a partition is stored: these bytes, or else those of an equal partition
   * with another order of fields. Connectors that use {@code Map.of} have a new order in each JVM.
   */
  byte[] stored(byte[] key) {
    if (values.containsKey(ByteBuffer.wrap(key))) return key;
    return ConnectJson.decodeKey(key)
        .map(alike::get)
        .map(keys -> OffsetFile.bytes(keys.iterator().next()))
        .orElse(key);
  }

  /**
   * The offset under exactly this key.
   *
   * @throws IllegalArgumentException when there is something else
   */
  Optional<Map<String, Object>> get(byte[] key) {
    return Optional.ofNullable(values.get(ByteBuffer.wrap(key))).map(ConnectJson::decodeValue);
  }

  /** All offsets of a connector, with the key bytes they are stored under. */
  List<StoredOffset> list(String connector) {
    return alike.entrySet().stream()
        .filter(each -> each.getKey().connector().equals(connector))
        .flatMap(each -> stored(each.getKey(), each.getValue()))
        .toList();
  }

  private Stream<StoredOffset> stored(OffsetKey key, Set<ByteBuffer> keys) {
    return key.partition().stream()
        .flatMap(
            partition ->
                keys.stream()
                    .map(
                        bytes ->
                            new StoredOffset(
                                OffsetFile.bytes(bytes), partition, shown(key, bytes))));
  }

  /** What is no offset is shown as none, so that it can be reset. */
  private Map<String, Object> shown(OffsetKey key, ByteBuffer bytes) {
    try {
      return ConnectJson.decodeValue(values.get(bytes));
    } catch (IllegalArgumentException e) {
      LOG.error("The offset of {} cannot be read; it can be reset: {}", key, e.getMessage());
      return null;
    }
  }
}
