package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.CommitSettings;
import dev.millrace.engine.Count;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import dev.millrace.engine.TransformStep;
import dev.millrace.engine.Upkeep;
import dev.millrace.engine.VirtualWaits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A numbering source, killed at a random call and started again, many times. One seed replays a
 * run.
 */
class SourceSimulationTest {
  private static final int LAST = 40;
  private static final int SEEDS = 400;
  private static final int STEPS = 100_000;

  @ParameterizedTest
  @CsvSource({"AT_LEAST_ONCE,poll", "EXACTLY_ONCE,poll", "EXACTLY_ONCE,interval"})
  void keepsItsPromiseThroughKills(Guarantee guarantee, String boundary) {
    for (long seed = 0; seed < SEEDS; seed++) {
      Cluster cluster = new Cluster();
      Random random = new Random(seed);
      int lives = random.nextInt(8);
      for (int life = 0; life < lives; life++) {
        live(cluster, random, guarantee, boundary, 1 + random.nextInt(120));
      }
      boolean finished = live(cluster, random, guarantee, boundary, Integer.MAX_VALUE);
      assertThat(finished).as("seed %d finished", seed).isTrue();
      check(cluster, guarantee, seed);
    }
  }

  private static void check(Cluster cluster, Guarantee guarantee, long seed) {
    List<Long> wanted = LongStream.rangeClosed(1, LAST).filter(n -> n % 7 != 0).boxed().toList();
    for (int p = 0; p < NumberingTask.PARTITIONS; p++) {
      List<Long> written = cluster.out.get(p);
      if (guarantee == Guarantee.EXACTLY_ONCE) {
        assertThat(written).as("seed %d partition %d", seed, p).isEqualTo(wanted);
      } else {
        assertThat(new ArrayList<>(new TreeSet<>(written)))
            .as("seed %d partition %d", seed, p)
            .isEqualTo(wanted);
        assertThat(firstOccurrences(written)).as("order, seed %d", seed).isEqualTo(wanted);
      }
      assertThat(cluster.offsets.get(Integer.toString(p))).as("seed %d", seed).isEqualTo(LAST);
    }
  }

  private static List<Long> firstOccurrences(List<Long> written) {
    return written.stream().distinct().toList();
  }

  /** Runs one life; whether it came to its end. */
  private static boolean live(
      Cluster cluster, Random random, Guarantee guarantee, String boundary, int calls) {
    SimulatedProcess process = new SimulatedProcess(cluster, random, calls);
    VirtualWaits waits = new VirtualWaits(process::goOn);
    RecordingListener listener = new RecordingListener();
    NumberingTask task = new NumberingTask(random, LAST);
    Counters counters = new Counters();
    Environment environment = new Environment(waits, listener, counters, Pipelines::noMetrics);
    SourceRunner runner =
        new SourceRunner(
            setup(process, random, guarantee, boundary, task, environment, cluster), false);
    int steps = 0;
    while (runner.step()) {
      assertThat(steps++).isLessThan(STEPS);
      waits.advance(random.nextInt(20));
      process.goOn();
      if (random.nextInt(20) == 0) {
        tick(runner, process);
      }
      if (random.nextInt(50) == 0) {
        runner.pause();
      } else if (random.nextInt(10) == 0) {
        runner.resume();
      }
      if (task.done()) {
        process.faults = false;
        runner.resume();
      }
      boolean finished = task.done() && counters.get(Count.SOURCE_ACTIVE) == 0;
      if (finished || (calls < Integer.MAX_VALUE && random.nextInt(100) == 0)) {
        runner.stop();
      }
    }
    if (!process.alive()) {
      return false;
    }
    assertThat(listener.errors).isEmpty();
    assertThat(listener.reports.getLast()).isEqualTo("stopped");
    assertThat(task.stopped).isEqualTo(task.started);
    return true;
  }

  /** A tick from a timer thread dies with its process. */
  private static void tick(SourceRunner runner, SimulatedProcess process) {
    try {
      runner.tick();
    } catch (SimulatedProcess.Killed e) {
      assertThat(process.alive()).isFalse();
    }
  }

  private static SourceSetup setup(
      SimulatedProcess process,
      Random random,
      Guarantee guarantee,
      String boundary,
      NumberingTask task,
      Environment environment,
      Cluster cluster) {
    SourceOutput output =
        new SourceOutput(
            guarantee,
            boundary.equals("poll")
                ? TransactionBoundary.POLL
                : new TransactionBoundary.Interval(Duration.ofMillis(100)),
            () -> process.producer(guarantee == Guarantee.EXACTLY_ONCE),
            () -> {},
            topic -> {
              if (random.nextInt(3) == 0) {
                throw new RetriableException("no leader yet");
              }
            },
            process.store());
    return new SourceSetup(
        new TaskName("numbers", 0),
        new TaskPlugin<>(
            () -> task,
            () -> pipeline(cluster),
            Map.of(),
            SourceSimulationTest.class.getClassLoader()),
        output,
        new Upkeep(
            new CommitSettings(Duration.ofMillis(200), Duration.ofSeconds(2)),
            Duration.ofMillis(500),
            Runnable::run),
        ErrorHandling.DEFAULT,
        environment);
  }

  private static RecordPipeline<SourceRecord> pipeline(Cluster cluster) {
    return Pipelines.strings(
        List.of(
            TransformStep.of(
                "noSevens", new DropSevens(cluster), SourceSimulationTest.class.getClassLoader())));
  }

  /** Drops every seventh number. */
  private static final class DropSevens implements Transformation<SourceRecord> {
    private final Cluster cluster;

    private DropSevens(Cluster cluster) {
      this.cluster = cluster;
    }

    @Override
    public SourceRecord apply(SourceRecord record) {
      long number = Long.parseLong((String) record.value());
      if (number % 7 == 0) {
        cluster.filters(number);
        return null;
      }
      return record;
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
  }
}
