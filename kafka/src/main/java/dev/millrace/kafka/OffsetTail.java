package dev.millrace.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offset topic as a table, read on demand. Confined to the reader thread of {@link
 * KafkaOffsetStore}, but for {@link #wakeup}.
 */
final class OffsetTail implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OffsetTail.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final Duration TOLD_AFTER = Duration.ofSeconds(3);

  private final String topic;
  private final boolean committedOnly;
  private final Duration transactions;
  private final Admin admin;
  private final Consumer<byte[], byte[]> consumer;
  private final OffsetTable table = new OffsetTable();

  OffsetTail(OffsetStoreSettings settings) {
    this.topic = settings.topic().name();
    this.committedOnly = settings.readCommitted();
    this.transactions = settings.times().transactions();
    Map<String, Object> reading = new HashMap<>(settings.consumer());
    reading.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    this.consumer = new KafkaConsumer<>(reading);
    this.admin = Admin.create(settings.admin());
  }

  /**
   * Reads on to the end the topic has now. With read-committed, transactions that are open or
   * ending are waited for, since they hide all that was committed behind their first record: what
   * is read is the newest there was when the read began, or the read fails (decision 0037).
   *
   * @throws TimeoutException when the end is not reached before the deadline
   * @throws KafkaException when a transaction has stayed open for longer than any may
   */
  void readToEnd(long deadlineNanos) {
    assignPartitions(deadlineNanos);
    Map<TopicPartition, Long> ends = ends(deadlineNanos);
    if (!committedOnly) {
      if (!readTo(ends, deadlineNanos)) {
        throw new TimeoutException("the end of the topic was not reached in time");
      }
      return;
    }
    if (!readTo(ends, System.nanoTime() + TOLD_AFTER.toNanos())) {
      LOG.info("Topic '{}': waiting for transactions that are open in it", topic);
      if (!readTo(ends, deadlineNanos + transactions.toNanos())) {
        throw new KafkaException(stillOpen(ends));
      }
    }
  }

  private String stillOpen(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .filter(end -> position(end.getKey()) < end.getValue())
        .map(end -> "partition %d".formatted(end.getKey().partition()))
        .sorted()
        .collect(
            Collectors.joining(
                ", ",
                "its end was not reached in time in ",
                ", where a transaction has stayed open; kafka-transactions.sh finds it and aborts"
                    + " it"));
  }

  /** Whether these ends were reached before the deadline. */
  private boolean readTo(Map<TopicPartition, Long> ends, long deadlineNanos) {
    while (!ends.entrySet().stream().allMatch(e -> position(e.getKey()) >= e.getValue())) {
      if (System.nanoTime() - deadlineNanos > 0) {
        return false;
      }
      consumer.poll(POLL).forEach(this::accept);
    }
    return true;
  }

  private long position(TopicPartition partition) {
    return consumer.position(partition, Duration.ofSeconds(5));
  }

  private void assignPartitions(long deadlineNanos) {
    Set<TopicPartition> partitions = partitions(deadlineNanos);
    if (!consumer.assignment().equals(partitions)) {
      Set<TopicPartition> known = Set.copyOf(consumer.assignment());
      consumer.assign(partitions);
      List<TopicPartition> added = partitions.stream().filter(p -> !known.contains(p)).toList();
      consumer.seekToBeginning(added);
    }
  }

  /** A topic that was just made may not be known to every broker. */
  private Set<TopicPartition> partitions(long deadlineNanos) {
    while (true) {
      long left = deadlineNanos - System.nanoTime();
      Set<TopicPartition> found =
          consumer.partitionsFor(topic, Duration.ofNanos(Math.max(1, left))).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .collect(Collectors.toSet());
      if (!found.isEmpty()) {
        return found;
      }
      if (left <= 0) {
        throw new TimeoutException("the topic has no partitions yet");
      }
      Topics.pause(topic);
    }
  }

  private Map<TopicPartition, Long> ends(long deadlineNanos) {
    return new TopicEnds(admin, IsolationLevel.READ_UNCOMMITTED)
        .of(consumer.assignment(), deadlineNanos);
  }

  private void accept(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      LOG.warn("Record {} of topic '{}' has no key and is ignored", record.offset(), topic);
      return;
    }
    table.put(record.key(), record.value());
  }

  /** What has been read. */
  OffsetTable table() {
    return table;
  }

  /** Ends a blocked poll; callable from any thread. */
  void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    admin.close(CLOSE);
    consumer.close(CloseOptions.timeout(CLOSE));
  }
}
