package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.CommitSettings;
import dev.millrace.engine.ConditionWaits;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.Helper;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import dev.millrace.engine.TopicCreator;
import dev.millrace.engine.TransformStep;
import dev.millrace.engine.Upkeep;
import dev.millrace.engine.Waits;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Overlap with real threads: what runs where, and what runs at the same time. No record is
 * acknowledged, since the simulated Kafka is for one thread.
 */
class SourceThreadsTest {
  private static final int BATCHES = 50;
  private static final int BATCH = 20;
  private static final CommitSettings COMMITS =
      new CommitSettings(Duration.ofMinutes(1), Duration.ofMillis(1));
  private static final ClassLoader LOADER = SourceThreadsTest.class.getClassLoader();

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final SimulatedKafka kafka = new SimulatedKafka();
  private final RecordingListener listener = new RecordingListener();
  private final Waits waits = new ConditionWaits(System::nanoTime, Clock.systemUTC());

  /** Met by a poll and by the transformation of a record of the poll before. */
  private final Phaser meeting = new Phaser(2);

  private final AtomicInteger converting = new AtomicInteger();
  private final Set<Thread> polling = ConcurrentHashMap.newKeySet();
  private final Set<String> problems = ConcurrentHashMap.newKeySet();
  private volatile SourceRunner runner;

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private void meet() {
    try {
      meeting.awaitAdvanceInterruptibly(meeting.arrive(), 3, TimeUnit.MINUTES);
    } catch (InterruptedException | TimeoutException e) {
      problems.add("Nobody came: " + e);
    }
  }

  private final class Task extends SourceTask {
    private int given;

    @Override
    public void start(Map<String, String> config) {}

    @Override
    public List<SourceRecord> poll() {
      polling.add(Thread.currentThread());
      if (given == BATCHES * BATCH) {
        runner.stop();
        return null;
      }
      if (given > 0) {
        meet();
      }
      return Stream.generate(() -> SourceRig.record(0, ++given)).limit(BATCH).toList();
    }

    @Override
    public void stop() {
      polling.add(Thread.currentThread());
    }

    @Override
    public String version() {
      return "1";
    }
  }

  /** Meets the next poll at each first record, unless that is the last batch's. */
  private final class Meeting implements Transformation<SourceRecord> {
    private int seen;

    @Override
    public SourceRecord apply(SourceRecord record) {
      if (converting.incrementAndGet() > 1) {
        problems.add("Two records at once");
      }
      if (Thread.currentThread().getContextClassLoader() != LOADER) {
        problems.add("Another context loader");
      }
      if (seen++ % BATCH == 0 && seen < (BATCHES - 1) * BATCH) {
        meet();
      }
      converting.decrementAndGet();
      return record;
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void close() {
      if (converting.get() > 0) {
        problems.add("Closed while it was used");
      }
    }

    @Override
    public void configure(Map<String, ?> configs) {}
  }

  private static final class Always implements Overlap.Choice {
    @Override
    public void sent(long pollNanos, long sendNanos) {
      // nothing follows from it
    }

    @Override
    public boolean wanted() {
      return true;
    }
  }

  @DisplayName("§4.26 A poll and the conversion of the poll before really run at the same time")
  @Test
  void pollsAndConversionsMeet() throws Exception {
    SimulatedProcess process = SimulatedProcess.steady(kafka);
    runner =
        new SourceRunner(
            new SourceSetup(
                new TaskName("c", 0),
                new TaskPlugin<SourceTask, SourceRecord>(
                    Task::new,
                    () -> Pipelines.strings(List.of(TransformStep.of("m", new Meeting(), LOADER))),
                    Map.of(),
                    LOADER),
                new SourceOutput(
                    Guarantee.AT_LEAST_ONCE,
                    TransactionBoundary.POLL,
                    () -> process.producer(null),
                    Long.MAX_VALUE,
                    () -> {},
                    TopicCreator.NONE,
                    process.store()),
                new Upkeep(COMMITS, Duration.ofMinutes(1), Runnable::run),
                new Overlap(Helper.by(threads), new Always()),
                ErrorHandling.DEFAULT,
                new Environment(
                    waits, listener, new Counters(), Pipelines::noMetrics, text -> text)),
            false);
    var life = threads.submit(runner::run);
    life.get(5, TimeUnit.MINUTES);
    assertThat(listener.errors).isEmpty();
    assertThat(problems).isEmpty();
    assertThat(polling).as("threads of the task").hasSize(1);
  }
}
