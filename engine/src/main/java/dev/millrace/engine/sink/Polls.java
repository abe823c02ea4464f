package dev.millrace.engine.sink;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Polls of a sink's consumer, whose result has at least one record of each of its partitions: an
 * interceptor that leaves records out may leave a partition without any. Stateless.
 */
final class Polls {
  private Polls() {}

  /** What the consumer gives, within that time. */
  static ConsumerRecords<byte[], byte[]> poll(Consumer<byte[], byte[]> consumer, Duration atMost) {
    ConsumerRecords<byte[], byte[]> polled = consumer.poll(atMost);
    for (TopicPartition partition : polled.partitions()) {
      if (polled.records(partition).isEmpty()) {
        return withoutEmpty(polled);
      }
    }
    return polled;
  }

  private static ConsumerRecords<byte[], byte[]> withoutEmpty(
      ConsumerRecords<byte[], byte[]> polled) {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> kept = new HashMap<>();
    for (TopicPartition partition : polled.partitions()) {
      kept.put(partition, polled.records(partition));
    }
    kept.values().removeIf(List::isEmpty);
    return new ConsumerRecords<>(kept, polled.nextOffsets());
  }
}
