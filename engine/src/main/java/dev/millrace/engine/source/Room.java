package dev.millrace.engine.source;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/**
 * How many records of a task may be on their way at once: so many that its producer always has the
 * next batch for each of Kafka's partitions, and not many more, since they are memory that is cold
 * when its turn comes (decision 0175). So it grows with the partitions that are written to.
 * Thread-safe.
 */
final class Room {
  /** However many partitions there are. */
  static final int MOST = 100_000;

  /** For a single partition, and for each one more. */
  private static final int FIRST = 10_000;

  private static final int EACH = 5_000;

  /** Those that are counted; bounded, since no more are added once there is the most of room. */
  private final Set<TopicPartition> partitions = ConcurrentHashMap.newKeySet();

  /** Of the last record; most records have that of the one before. */
  private volatile TopicPartition latest = new TopicPartition("", 0);

  private volatile int records = FIRST;

  /** So many. Never less than before. */
  int records() {
    return records;
  }

  /** A record was written there. */
  void written(String topic, int partition) {
    TopicPartition last = latest;
    if (last.partition() != partition || !last.topic().equals(topic)) {
      latest = new TopicPartition(topic, partition);
      if (records < MOST) {
        count(latest);
      }
    }
  }

  private void count(TopicPartition partition) {
    partitions.add(partition);
    records = Math.min(MOST, FIRST + EACH * (partitions.size() - 1));
  }
}
