package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.CommitSettings;
import dev.millrace.engine.ConditionWaits;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import dev.millrace.engine.TopicCreator;
import dev.millrace.engine.Upkeep;
import dev.millrace.engine.VirtualWaits;
import dev.millrace.engine.Waits;
import dev.millrace.model.Waiting;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The life cycle of a source task (compat: semantics §3). */
class SourceLifeTest {
  private final RecordingListener listener = new RecordingListener();
  private final Counters counters = new Counters();
  private final List<String> calls = new ArrayList<>();

  private class Task extends SourceTask {
    @Override
    public void start(Map<String, String> config) {
      calls.add("start");
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
      calls.add("poll");
      return null;
    }

    @Override
    public void stop() {
      calls.add("stop");
    }

    @Override
    public String version() {
      return "1";
    }
  }

  private SourceRunner runner(
      Supplier<SourceTask> task, Guarantee guarantee, Waits waits, boolean paused) {
    SimulatedProcess process = SimulatedProcess.steady(new SimulatedKafka());
    return new SourceRunner(
        new SourceSetup(
            new TaskName("c", 0),
            new TaskPlugin<SourceTask, SourceRecord>(
                task,
                () -> Pipelines.strings(List.of()),
                Map.of(),
                SourceLifeTest.class.getClassLoader()),
            new SourceOutput(
                guarantee,
                TransactionBoundary.POLL,
                () -> process.producer(guarantee == Guarantee.EXACTLY_ONCE ? "id" : null),
                Long.MAX_VALUE,
                () -> {},
                TopicCreator.NONE,
                process.store()),
            new Upkeep(CommitSettings.DEFAULT, Duration.ofMinutes(1), Runnable::run),
            Overlap.none(),
            ErrorHandling.DEFAULT,
            new Environment(waits, listener, counters, Pipelines::noMetrics, text -> text)),
        paused);
  }

  private SourceRunner runner(Supplier<SourceTask> task) {
    return runner(task, Guarantee.AT_LEAST_ONCE, new VirtualWaits(() -> true), false);
  }

  private static void steps(SourceRunner runner, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(runner.step()).isTrue();
    }
  }

  @Test
  void aPollThatFailsForTheMomentIsShownUntilOneSucceeds() {
    List<String> shown = new ArrayList<>();
    SourceTask task =
        new Task() {
          @Override
          public List<SourceRecord> poll() throws InterruptedException {
            shown.add(counters.waiting().map(Waiting::what).orElse(""));
            if (shown.size() < 3) {
              throw new RetriableException("down " + shown.size());
            }
            return super.poll();
          }
        };
    steps(runner(() -> task), 6);
    assertThat(shown).containsExactly("", "the source: down 1", "the source: down 2", "");
    assertThat(listener.reports).containsExactly("started");
  }

  @DisplayName("§3.3 §3.6 starts, pauses, resumes and stops in this order")
  @ParameterizedTest
  @EnumSource(Guarantee.class)
  void startsPausesResumesStops(Guarantee guarantee) {
    SourceRunner runner = runner(Task::new, guarantee, new VirtualWaits(() -> true), false);
    steps(runner, 3);
    runner.pause();
    steps(runner, 2);
    runner.resume();
    steps(runner, 2);
    runner.stop();
    assertThat(runner.step()).isFalse();
    assertThat(runner.step()).isFalse();
    assertThat(listener.reports).containsExactly("started", "paused", "resumed", "stopped");
    assertThat(calls).containsExactly("start", "poll", "poll", "stop");
  }

  @DisplayName(
      "§3.3 §3.8 a task that begins paused is neither initialized nor started, nor stopped")
  @Test
  void isNotStartedWhilePaused() {
    SourceRunner runner =
        runner(Task::new, Guarantee.AT_LEAST_ONCE, new VirtualWaits(() -> true), true);
    steps(runner, 3);
    assertThat(calls).isEmpty();
    runner.resume();
    steps(runner, 1);
    assertThat(listener.reports).containsExactly("paused", "started");
    runner.stop();
    assertThat(runner.step()).isFalse();
    assertThat(calls).containsExactly("start", "stop");
  }

  @DisplayName("§3.8 a task that never began is not stopped")
  @Test
  void stoppedBeforeItBeganStopsNothing() {
    SourceRunner runner = runner(Task::new);
    runner.stop();
    assertThat(runner.step()).isFalse();
    assertThat(listener.reports).containsExactly("stopped");
    assertThat(calls).isEmpty();
  }

  @DisplayName("§3.2 a failing constructor fails the task")
  @Test
  void errorOfTheConstructorFailsTheWork() {
    SourceRunner runner =
        runner(
            () -> {
              throw new NoClassDefFoundError("driver");
            });
    assertThat(runner.step()).isFalse();
    assertThat(listener.reports).containsExactly("failed");
    assertThat(listener.errors.getFirst()).isInstanceOf(NoClassDefFoundError.class);
  }

  @DisplayName("§3.4 §3.8 a failing start fails the task, which is stopped")
  @Test
  void errorOfStartFailsTheWorkAndStopIsCalled() {
    SourceRunner runner =
        runner(
            () ->
                new Task() {
                  @Override
                  public void start(Map<String, String> config) {
                    throw new StackOverflowError("deep");
                  }

                  @Override
                  public void commit() {
                    calls.add("commit");
                  }
                });
    steps(runner, 1);
    assertThat(runner.step()).isFalse();
    assertThat(listener.reports).containsExactly("failed");
    assertThat(listener.errors.getFirst()).isInstanceOf(StackOverflowError.class);
    assertThat(calls).containsExactly("stop");
  }

  @DisplayName("§3.5 a failure after a stop counts as the stop")
  @Test
  void failureAfterAStopIsAStop() {
    SourceRunner[] itself = new SourceRunner[1];
    itself[0] =
        runner(
            () ->
                new Task() {
                  @Override
                  public List<SourceRecord> poll() {
                    itself[0].stop();
                    throw new IllegalStateException("closed");
                  }
                });
    steps(itself[0], 2);
    assertThat(itself[0].step()).isFalse();
    assertThat(listener.reports).containsExactly("started", "stopped");
  }

  @DisplayName("§3.7 what hangs is cancelled, not interrupted")
  @Test
  void cancelledHangIsNotReportedAndLeavesItsThread() throws Exception {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    SourceRunner runner =
        runner(
            () ->
                new Task() {
                  @Override
                  public List<SourceRecord> poll() throws InterruptedException {
                    hanging.countDown();
                    assertThat(released.await(1, TimeUnit.MINUTES)).isTrue();
                    return null;
                  }
                },
            Guarantee.EXACTLY_ONCE,
            new ConditionWaits(System::nanoTime, InstantSource.system()),
            false);
    Thread thread = Thread.ofPlatform().start(runner::run);
    assertThat(hanging.await(1, TimeUnit.MINUTES)).isTrue();
    runner.stop();
    runner.cancel();
    assertThat(thread.isAlive()).isTrue();
    released.countDown();
    assertThat(thread.join(Duration.ofMinutes(1))).isTrue();
    assertThat(listener.reports).containsExactly("started");
  }
}
