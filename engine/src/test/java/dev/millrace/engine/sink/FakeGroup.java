package dev.millrace.engine.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * A topic of three partitions and the committed offsets of one group: what outlives a killed sink.
 * Its consumers rebalance at random, fail commits at random, and check that nothing is committed
 * that was not put.
 */
final class FakeGroup {
  static final int PARTITIONS = 3;
  static final int RECORDS = 40;

  final Map<TopicPartition, Long> committed = new HashMap<>();
  final Map<TopicPartition, Set<Long>> put = new HashMap<>();
  final List<String> violations = new ArrayList<>();
  boolean faults = true;
  private final Random random;

  FakeGroup(Random random) {
    this.random = random;
  }

  static TopicPartition partition(int number) {
    return new TopicPartition("in", number);
  }

  void wasPut(TopicPartition partition, long offset) {
    put.computeIfAbsent(partition, p -> new HashSet<>()).add(offset);
  }

  private void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    offsets.forEach(
        (partition, offset) -> {
          for (long n = 0; n < offset.offset(); n++) {
            if (!put.getOrDefault(partition, Set.of()).contains(n)) {
              violations.add(partition + " committed to " + offset.offset() + " without " + n);
            }
          }
          committed.put(partition, offset.offset());
        });
  }

  Consumer<byte[], byte[]> consumer() {
    return new FakeConsumer();
  }

  private final class FakeConsumer extends MockConsumer<byte[], byte[]> {
    private record Pending(
        Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {}

    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final List<Pending> commits = new ArrayList<>();
    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Set<TopicPartition> pausedNow = new HashSet<>();
    private ConsumerRebalanceListener listener;

    private FakeConsumer() {
      super("earliest");
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener wanted) {
      listener = wanted;
    }

    @Override
    public synchronized Set<TopicPartition> assignment() {
      return Set.copyOf(assigned);
    }

    @Override
    public synchronized void pause(Collection<TopicPartition> partitions) {
      assertThat(assigned).containsAll(partitions);
      pausedNow.addAll(partitions);
    }

    @Override
    public synchronized void resume(Collection<TopicPartition> partitions) {
      pausedNow.removeAll(partitions);
    }

    @Override
    public synchronized Set<TopicPartition> paused() {
      return Set.copyOf(pausedNow);
    }

    @Override
    public synchronized void seek(TopicPartition partition, long offset) {
      assertThat(assigned).contains(partition);
      positions.put(partition, offset);
    }

    @Override
    public synchronized long position(TopicPartition partition) {
      return positions.get(partition);
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      if (assigned.isEmpty() || (faults && random.nextInt(8) == 0)) {
        rebalance();
      }
      answerCommits();
      Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> polled = new HashMap<>();
      for (TopicPartition partition : assigned) {
        if (!pausedNow.contains(partition)) {
          fetch(partition, polled);
        }
      }
      return new ConsumerRecords<>(polled, Map.of());
    }

    private void fetch(
        TopicPartition partition,
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> polled) {
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      long position = positions.get(partition);
      for (int i = random.nextInt(5); i > 0 && position < RECORDS; i--) {
        byte[] value = Long.toString(position).getBytes(StandardCharsets.UTF_8);
        records.add(
            new ConsumerRecord<>(partition.topic(), partition.partition(), position, null, value));
        position++;
      }
      positions.put(partition, position);
      if (!records.isEmpty()) {
        polled.put(partition, records);
      }
    }

    private void rebalance() {
      Set<TopicPartition> wanted = new HashSet<>();
      for (int p = 0; p < PARTITIONS; p++) {
        if (!faults || random.nextInt(3) > 0) {
          wanted.add(partition(p));
        }
      }
      Set<TopicPartition> lost = new HashSet<>(assigned);
      lost.removeAll(wanted);
      leave(lost);
      Set<TopicPartition> gained = new HashSet<>(wanted);
      gained.removeAll(assigned);
      assigned.addAll(gained);
      gained.forEach(p -> positions.put(p, committed.getOrDefault(p, 0L)));
      listener.onPartitionsAssigned(gained);
    }

    private void leave(Set<TopicPartition> partitions) {
      if (partitions.isEmpty()) {
        return;
      }
      if (random.nextBoolean()) {
        listener.onPartitionsRevoked(partitions);
      } else {
        listener.onPartitionsLost(partitions);
      }
      assigned.removeAll(partitions);
      pausedNow.removeAll(partitions);
      commits.clear();
    }

    @Override
    public synchronized void commitAsync(
        Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
      commits.add(new Pending(offsets, callback));
    }

    private void answerCommits() {
      while (!commits.isEmpty() && (!faults || random.nextInt(3) == 0)) {
        Pending pending = commits.removeFirst();
        if (faults && random.nextInt(4) == 0) {
          pending.callback().onComplete(pending.offsets(), new KafkaException("no"));
        } else {
          commit(pending.offsets());
          pending.callback().onComplete(pending.offsets(), null);
        }
      }
    }

    private void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
      FakeGroup.this.commit(offsets);
    }

    @Override
    public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
      if (faults && random.nextInt(4) == 0) {
        throw new KafkaException("no");
      }
      commit(offsets);
    }

    @Override
    public void close(CloseOptions options) {
      // the group remembers what matters
    }
  }
}
