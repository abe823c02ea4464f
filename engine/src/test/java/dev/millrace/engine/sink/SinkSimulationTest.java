package dev.millrace.engine.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.CommitSettings;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import dev.millrace.engine.VirtualWaits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.junit.jupiter.api.Test;

/**
 * A sink that asks for retries, fails, fails to prepare commits, loses partitions and is killed, at
 * random: every record is put, and nothing is committed that was not. One seed replays a run.
 */
class SinkSimulationTest {
  private static final int SEEDS = 400;
  private static final int STEPS = 50_000;

  @Test
  void putsEveryRecordAndCommitsOnlyWhatWasPut() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      FakeGroup group = new FakeGroup(random);
      int lives = random.nextInt(6);
      for (int life = 0; life < lives; life++) {
        live(group, random, 1 + random.nextInt(60));
      }
      group.faults = false;
      live(group, random, STEPS);
      assertThat(group.violations).as("seed %d", seed).isEmpty();
      for (int p = 0; p < FakeGroup.PARTITIONS; p++) {
        assertThat(group.put.get(FakeGroup.partition(p)))
            .as("seed %d partition %d", seed, p)
            .hasSize(FakeGroup.RECORDS);
        assertThat(group.committed.get(FakeGroup.partition(p)))
            .as("seed %d partition %d", seed, p)
            .isEqualTo(FakeGroup.RECORDS);
      }
    }
  }

  /** Runs for so many steps, then is killed, unless it has finished or failed before. */
  private static void live(FakeGroup group, Random random, int steps) {
    VirtualWaits waits = new VirtualWaits(() -> true);
    RecordingListener listener = new RecordingListener();
    CheckingTask task = new CheckingTask(group, random);
    SinkRunner runner = new SinkRunner(setup(group, waits, listener, task), false);
    int done = 0;
    boolean more = runner.step();
    while (more && done < steps) {
      done++;
      waits.advance(random.nextInt(40));
      if (random.nextInt(50) == 0) {
        runner.pause();
      } else if (!group.faults || random.nextInt(5) == 0) {
        runner.resume();
      }
      if (allCommitted(group) && !group.faults) {
        runner.stop();
      }
      more = runner.step();
    }
    assertThat(done).isLessThan(STEPS);
    assertThat(listener.errors).noneMatch(AssertionError.class::isInstance);
    if (!more) {
      assertThat(task.open).isEmpty();
      assertThat(task.stopped).isTrue();
    }
    if (!group.faults) {
      assertThat(listener.errors).isEmpty();
      assertThat(listener.reports.getLast()).isEqualTo("stopped");
    }
  }

  private static boolean allCommitted(FakeGroup group) {
    return group.committed.size() == FakeGroup.PARTITIONS
        && group.committed.values().stream().allMatch(each -> each == FakeGroup.RECORDS);
  }

  private static SinkSetup setup(
      FakeGroup group, VirtualWaits waits, RecordingListener listener, SinkTask task) {
    return new SinkSetup(
        new TaskName("sink", 0),
        new TaskPlugin<SinkTask, SinkRecord>(
            () -> task,
            () -> Pipelines.strings(List.of()),
            Map.of(),
            SinkSimulationTest.class.getClassLoader()),
        new SinkInput(
            group::consumer,
            new Topics.Named(List.of("in")),
            new Membership(Runnable::run, Duration.ofSeconds(3)),
            false),
        new CommitSettings(Duration.ofMillis(100), Duration.ofMillis(300)),
        ErrorHandling.DEFAULT,
        new Environment(waits, listener, new Counters(), Pipelines::noMetrics));
  }

  /** Forgets what it was given and had not prepared when preCommit fails, as a database would. */
  private static final class CheckingTask extends SinkTask {
    private final FakeGroup group;
    private final Random random;
    private final List<SinkRecord> unflushed = new ArrayList<>();
    private final Set<TopicPartition> open = new HashSet<>();
    private List<SinkRecord> refused = List.of();
    private boolean stopped;

    private CheckingTask(FakeGroup group, Random random) {
      this.group = group;
      this.random = random;
    }

    @Override
    public void start(Map<String, String> config) {}

    @Override
    public void open(Collection<TopicPartition> partitions) {
      assertThat(open).doesNotContainAnyElementsOf(partitions);
      open.addAll(partitions);
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
      assertThat(open).containsAll(partitions);
      open.removeAll(partitions);
      unflushed.removeIf(record -> partitions.contains(origin(record)));
    }

    @Override
    public void put(Collection<SinkRecord> records) {
      assertSameAgain(records);
      refused = List.of();
      for (SinkRecord record : records) {
        assertThat(open).contains(origin(record));
      }
      if (group.faults) {
        fail(records);
      }
      unflushed.addAll(records);
    }

    /** After a refusal the same batch comes again, less what was taken away or rewound. */
    private void assertSameAgain(Collection<SinkRecord> records) {
      List<SinkRecord> expected =
          refused.stream().filter(record -> open.contains(origin(record))).toList();
      if (!expected.isEmpty() && !records.isEmpty()) {
        assertThat(expected).containsAll(records);
      }
    }

    private void fail(Collection<SinkRecord> records) {
      switch (random.nextInt(40)) {
        case 0, 1, 2, 3 -> {
          refused = List.copyOf(records);
          context.timeout(20);
          throw new RetriableException("not now");
        }
        case 4 -> throw new IllegalStateException("broken");
        case 5 -> context.requestCommit();
        default -> {}
      }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(
        Map<TopicPartition, OffsetAndMetadata> offsets) {
      if (group.faults && random.nextInt(6) == 0) {
        unflushed.removeIf(record -> offsets.containsKey(origin(record)));
        refused = List.of();
        throw new IllegalStateException("could not flush");
      }
      Consumer<SinkRecord> flush =
          record -> group.wasPut(origin(record), record.originalKafkaOffset());
      unflushed.forEach(flush);
      unflushed.clear();
      return offsets;
    }

    @Override
    public void stop() {
      stopped = true;
    }

    @Override
    public String version() {
      return "1";
    }

    private static TopicPartition origin(SinkRecord record) {
      return new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
    }
  }
}
