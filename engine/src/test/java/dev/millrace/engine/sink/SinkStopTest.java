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
import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Tolerance;
import dev.millrace.testkit.SimulatedGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a sink task that never ran ends (compat: semantics §3). */
class SinkStopTest {
  private final List<String> calls = new ArrayList<>();
  private final RecordingListener listener = new RecordingListener();

  private final class Task extends SinkTask {
    @Override
    public void start(Map<String, String> config) {
      calls.add("start");
    }

    @Override
    public void put(Collection<SinkRecord> records) {}

    @Override
    public void stop() {
      calls.add("stop");
    }

    @Override
    public String version() {
      return "1";
    }
  }

  @Test
  @DisplayName("§3.8 a sink task is stopped at the end even if it was never started")
  void isStoppedThoughNeverStarted() {
    VirtualWaits waits = new VirtualWaits(() -> true);
    SimulatedGroup group = new SimulatedGroup(waits::nowMs, SimulatedGroup.Protocol.EAGER);
    Duration interval = Duration.ofMinutes(5);
    ErrorSettings errors =
        new ErrorSettings(
            Duration.ZERO, Duration.ZERO, Tolerance.NONE, false, false, DeadLetterSettings.OFF);
    SinkRunner runner =
        new SinkRunner(
            new SinkSetup(
                new TaskName("sink", 0),
                new TaskPlugin<SinkTask, SinkRecord>(
                    Task::new,
                    () -> Pipelines.strings(List.of()),
                    Map.of(),
                    SinkStopTest.class.getClassLoader()),
                new SinkInput(
                    () -> group.consumer(interval),
                    new Topics.Named(List.of("in")),
                    new Membership(Runnable::run, interval),
                    PutOverlap.none(),
                    false),
                new CommitSettings(Duration.ofMillis(100), Duration.ofMillis(300)),
                new ErrorHandling(errors, List::of),
                new Environment(
                    waits, listener, new Counters(), Pipelines::noMetrics, text -> text)),
            true);
    assertThat(runner.step()).isTrue();
    assertThat(runner.step()).isTrue();
    runner.stop();
    assertThat(runner.step()).isFalse();
    assertThat(calls).containsExactly("stop");
    assertThat(listener.reports).containsExactly("paused", "stopped");
  }
}
