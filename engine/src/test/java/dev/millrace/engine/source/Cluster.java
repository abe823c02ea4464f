package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What outlives a killed process: the records of topic "out" and the offsets in topic "offsets", as
 * a read-committed reader sees them. Checks after every change that no offset is ahead of its
 * records.
 */
final class Cluster {
  static final String OFFSETS = "offsets";

  final Map<Integer, List<Long>> out = new HashMap<>();
  final Map<String, Long> offsets = new HashMap<>();
  private final Map<Integer, Set<Long>> seen = new HashMap<>();
  private final Set<Long> filtered = new HashSet<>();
  int epoch;

  void filters(long number) {
    filtered.add(number);
  }

  /** Appends atomically. */
  void append(List<ProducerRecord<byte[], byte[]>> records) {
    for (ProducerRecord<byte[], byte[]> record : records) {
      String value = new String(record.value(), StandardCharsets.UTF_8);
      if (record.topic().equals(OFFSETS)) {
        offsets.put(new String(record.key(), StandardCharsets.UTF_8), Long.valueOf(value));
      } else {
        long number = Long.parseLong(value);
        out.computeIfAbsent(record.partition(), p -> new ArrayList<>()).add(number);
        seen.computeIfAbsent(record.partition(), p -> new HashSet<>()).add(number);
      }
    }
    checkOffsets();
  }

  void commitOffset(String key, long offset) {
    offsets.put(key, offset);
    checkOffsets();
  }

  private void checkOffsets() {
    offsets.forEach(
        (key, offset) -> {
          Set<Long> written = seen.getOrDefault(Integer.valueOf(key), Set.of());
          for (long n = 1; n <= offset; n++) {
            assertThat(written.contains(n) || filtered.contains(n))
                .as("offset %d of partition %s is ahead of record %d", offset, key, n)
                .isTrue();
          }
        });
  }
}
