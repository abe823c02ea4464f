package dev.millrace.engine.source;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/**
 * How much of a task may be on its way at once: so much that its producer always has the next
 * batches for each of Kafka's partitions, and not much more, since it is memory that is cold when
 * its turn comes, and since a producer is woken by each record while a second batch of a partition
 * waits (decisions 0175, 0230). So it grows with the partitions that are written to. Thread-safe.
 */
final class Room {
  /** Records, however many partitions there are. */
  static final int MOST = 100_000;

  /** Records for a single partition, and for each one more. */
  private static final int FIRST = 10_000;

  private static final int EACH = 5_000;

  /** Batches for a single partition, and for each one more. */
  private static final int FIRST_BATCHES = 3;

  private static final int EACH_BATCHES = 2;

  private final long batchBytes;

  /** Those that are counted; bounded, since no more are added once there is the most of room. */
  private final Set<TopicPartition> partitions = ConcurrentHashMap.newKeySet();

  /** Of the last record; most records have that of the one before. */
  private volatile TopicPartition latest = new TopicPartition("", 0);

  private volatile Limit limit;

  /**
   * For how much there is room.
   *
   * @param batches a record that is larger than a batch is one by itself
   */
  private record Limit(int records, int batches, long bytes) {}

  /** Room for one partition; see {@link SourceOutput#batchBytes}. */
  Room(long batchBytes) {
    this.batchBytes = batchBytes;
    this.limit = limit(1);
  }

  private Limit limit(int count) {
    int batches = FIRST_BATCHES + EACH_BATCHES * (count - 1);
    return new Limit(
        Math.min(MOST, FIRST + EACH * (count - 1)),
        batches,
        batchBytes > Long.MAX_VALUE / batches ? Long.MAX_VALUE : batchBytes * batches);
  }

  /** Whether there is room for another record beside so many, of so many bytes. */
  boolean isFor(int records, long bytes) {
    Limit now = limit;
    return records < now.records && (bytes < now.bytes || records < now.batches);
  }

  /** Whether half of it is free. */
  boolean isHalfFree(int records, long bytes) {
    Limit now = limit;
    return records <= now.records / 2 && (bytes <= now.bytes / 2 || records <= now.batches / 2);
  }

  /** A record was written there. */
  void written(String topic, int partition) {
    TopicPartition last = latest;
    if (last.partition() != partition || !last.topic().equals(topic)) {
      latest = new TopicPartition(topic, partition);
      if (limit.records < MOST) {
        count(latest);
      }
    }
  }

  private void count(TopicPartition partition) {
    partitions.add(partition);
    limit = limit(partitions.size());
  }
}
