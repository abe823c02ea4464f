package dev.millrace.formats.json;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is known of schemas, at most so many and so large; when there are more it begins anew.
 * Thread-safe.
 */
final class Remembered<K, V> {

  private static final long MOST_BYTES = 8 << 20;

  private final Map<K, V> known = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final int most;

  Remembered(int most) {
    this.most = most;
  }

  /** Null when it is not known. */
  V get(K key) {
    return known.get(key);
  }

  /**
   * Notes it.
   *
   * @param size of its texts in bytes
   */
  void put(K key, V value, int size) {
    if (known.size() >= most || bytes.addAndGet(size) > MOST_BYTES) {
      known.clear();
      bytes.set(size);
    }
    known.put(key, value);
  }
}
