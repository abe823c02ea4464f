package dev.millrace.engine.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.CommitSettings;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.Reporter;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import dev.millrace.engine.TransformStep;
import dev.millrace.engine.VirtualWaits;
import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Tolerance;
import dev.millrace.testkit.SimulatedGroup;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Reports of records that a sink gives up before they are put. */
class SinkReportsTest {
  private static final int PARTITIONS = 3;
  private static final ErrorSettings TOLERANT =
      new ErrorSettings(
          Duration.ZERO,
          Duration.ofMinutes(1),
          Tolerance.ALL,
          false,
          false,
          DeadLetterSettings.OFF);

  private final RecordingListener listener = new RecordingListener();
  private final VirtualWaits waits = new VirtualWaits(() -> true);
  private final CompletableFuture<Void> safe = new CompletableFuture<>();
  private final HeldReporter reporter = new HeldReporter();

  /** All its reports are safe at once, when the test says so. */
  private final class HeldReporter implements Reporter {
    private int reports;
    private boolean closed;

    @Override
    public CompletionStage<Void> report(ErrorReport report) {
      reports++;
      return safe;
    }

    @Override
    public void close(Duration timeout) {
      closed = true;
    }
  }

  private SinkRunner runner(Supplier<Consumer<byte[], byte[]>> consumer) {
    return new SinkRunner(
        new SinkSetup(
            new TaskName("sink", 0),
            new TaskPlugin<SinkTask, SinkRecord>(
                Task::new,
                () ->
                    Pipelines.strings(
                        List.of(
                            TransformStep.of(
                                "noZero", new NoZero(), SinkReportsTest.class.getClassLoader()))),
                Map.of(),
                SinkReportsTest.class.getClassLoader()),
            new SinkInput(
                consumer,
                new Topics.Named(List.of("in")),
                new Membership(Runnable::run, Duration.ofSeconds(3)),
                PutOverlap.none(),
                false),
            new CommitSettings(Duration.ofMillis(100), Duration.ofMillis(300)),
            new ErrorHandling(TOLERANT, () -> List.of(reporter)),
            new Environment(waits, listener, new Counters(), Pipelines::noMetrics, text -> text)),
        false);
  }

  @DisplayName("§7.10 offsets wait for the reports of their partition")
  @Test
  void offsetsWaitForTheReportsOfTheirPartition() {
    SimulatedGroup group = new SimulatedGroup(waits::nowMs, SimulatedGroup.Protocol.EAGER);
    group.create("in", PARTITIONS);
    for (int p = 0; p < PARTITIONS; p++) {
      group.append(new ConsumerRecord<>("in", p, 0, null, "0".getBytes(StandardCharsets.UTF_8)));
    }
    SinkRunner runner = runner(() -> group.consumer(Duration.ofMinutes(5)));
    steps(runner);
    assertThat(reporter.reports).isEqualTo(PARTITIONS);
    assertThat(group.committed()).isEmpty();
    safe.complete(null);
    steps(runner);
    assertThat(group.committed()).hasSize(PARTITIONS);
    runner.stop();
    assertThat(runner.step()).isFalse();
    assertThat(listener.errors).isEmpty();
    assertThat(reporter.closed).isTrue();
  }

  private void steps(SinkRunner runner) {
    for (int i = 0; i < 60; i++) {
      waits.advance(20);
      assertThat(runner.step()).isTrue();
    }
  }

  @Test
  void reportersAreClosedWhenTheConsumerCannotBeMade() {
    SinkRunner runner =
        runner(
            () -> {
              throw new IllegalStateException("no such server");
            });
    assertThat(runner.step()).isTrue();
    assertThat(runner.step()).isFalse();
    assertThat(listener.reports).containsExactly("failed");
    assertThat(reporter.closed).isTrue();
  }

  private static final class Task extends SinkTask {
    @Override
    public void start(Map<String, String> config) {}

    @Override
    public void put(Collection<SinkRecord> records) {}

    @Override
    public void stop() {}

    @Override
    public String version() {
      return "1";
    }
  }

  /** Fails for the first record of each partition. */
  private static final class NoZero implements Transformation<SinkRecord> {
    @Override
    public SinkRecord apply(SinkRecord record) {
      if (record.value().equals("0")) {
        throw new IllegalArgumentException("zero");
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
