package dev.millrace.engine.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.sink.PartitionProgress.Accepted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** PartitionProgress against a naive model of three plain maps of numbers. */
class PartitionProgressTest {
  private static final class Model {
    private final Map<TopicPartition, Long> read = new HashMap<>();
    private final Map<TopicPartition, Long> put = new HashMap<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
  }

  @Property(tries = 300)
  void followsTheModelAndNeverOffersMoreThanWasPut(@ForAll long seed) {
    Random random = new Random(seed);
    PartitionProgress progress = new PartitionProgress();
    Model model = new Model();
    for (int i = 0; i < 200; i++) {
      TopicPartition partition = new TopicPartition("t", random.nextInt(3));
      change(random, progress, model, partition);
      List<TopicPartition> all = new ArrayList<>(model.put.keySet());
      assertThat(offsets(progress.committable(all))).isEqualTo(model.put);
      assertThat(offsets(progress.committed(all))).isEqualTo(model.committed);
      assertThat(progress.partitions()).isEqualTo(model.put.keySet());
    }
  }

  private static void change(
      Random random, PartitionProgress progress, Model model, TopicPartition partition) {
    switch (random.nextInt(8)) {
      case 0 -> {
        long position = random.nextInt(100);
        progress.assign(partition, position);
        move(model, partition, position);
      }
      case 1 -> {
        progress.remove(List.of(partition));
        model.read.remove(partition);
        model.put.remove(partition);
        model.committed.remove(partition);
      }
      case 2 -> {
        long offset = random.nextInt(100);
        progress.seek(partition, offset);
        if (model.put.containsKey(partition)) {
          move(model, partition, offset);
        }
      }
      case 3, 4 -> {
        long next = model.read.getOrDefault(partition, 0L) + 1 + random.nextInt(3);
        progress.read(partition, new OffsetAndMetadata(next));
        model.read.replace(partition, next);
      }
      case 5 -> {
        progress.put();
        model.put.putAll(model.read);
      }
      case 6 -> commit(random, progress, model);
      default -> {
        assertThat(offsets(progress.rewind())).isEqualTo(model.committed);
        model.read.putAll(model.committed);
        model.put.putAll(model.committed);
      }
    }
  }

  private static void commit(Random random, PartitionProgress progress, Model model) {
    Map<TopicPartition, OffsetAndMetadata> answer = new HashMap<>();
    Map<TopicPartition, Long> expected = new HashMap<>(model.committed);
    for (int i = 0; i < 4; i++) {
      TopicPartition partition = new TopicPartition("t", i);
      long offset = random.nextInt(120);
      answer.put(partition, new OffsetAndMetadata(offset));
      if (model.put.containsKey(partition) && offset <= model.put.get(partition)) {
        expected.put(partition, offset);
      }
    }
    Accepted accepted = progress.accept(model.put.keySet(), answer);
    assertThat(offsets(accepted.offsets())).isEqualTo(expected);
    progress.committed(accepted.offsets());
    model.committed.putAll(expected);
  }

  private static void move(Model model, TopicPartition partition, long offset) {
    model.read.put(partition, offset);
    model.put.put(partition, offset);
    model.committed.put(partition, offset);
  }

  private static Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetAndMetadata> from) {
    Map<TopicPartition, Long> result = new HashMap<>();
    from.forEach((partition, offset) -> result.put(partition, offset.offset()));
    return result;
  }
}
