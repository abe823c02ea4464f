package dev.millrace.engine.sink;

import static dev.millrace.engine.sink.SinkBench.P0;
import static dev.millrace.engine.sink.SinkBench.P1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.errors.Stage;
import dev.millrace.model.errors.Tolerance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.IllegalWorkerStateException;
import org.apache.kafka.connect.sink.SinkTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a sink task may ask for, and its life. */
class SinkContextTest {
  private final SinkBench bench = new SinkBench();

  @Test
  @DisplayName("§6.18 An offset asked for is where reading goes on, and counts as committed")
  void movesToOffsets() {
    bench.send(P0, "a", "b", "c").begin();
    bench.until(() -> bench.group.committed().containsKey(P0));
    bench.task.context().offset(P0, 1);
    bench.steps(3);
    assertThat(bench.task.values).containsExactly("a", "b", "c", "b", "c");
    bench.task.context().offset(Map.of(P0, 0L));
    bench.steps(3);
    assertThat(bench.task.values).endsWith("a", "b", "c");
  }

  @Test
  @DisplayName("§6.7 A commit that another thread of the task asks for is never forgotten")
  void keepsRequestsOfOtherThreads() throws InterruptedException {
    bench.begin();
    SinkContext context = (SinkContext) bench.task.context();
    AtomicInteger made = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    long enough = System.nanoTime() + TimeUnit.SECONDS.toNanos(2); // where both share a processor
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    Thread other =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  while (made.get() < 100_000 && System.nanoTime() < enough) {
                    context.requestCommit();
                    int wanted = made.incrementAndGet();
                    while (taken.get() < wanted && System.nanoTime() < end) {
                      Thread.onSpinWait();
                    }
                  }
                });
    while ((other.isAlive() || taken.get() < made.get()) && System.nanoTime() < end) {
      if (context.takeCommitRequest()) {
        taken.incrementAndGet();
      }
    }
    assertThat(made).hasPositiveValue();
    assertThat(taken).hasValue(made.get());
    other.join();
  }

  @Test
  @DisplayName("§6.19 A task pauses and resumes its partitions, and no others")
  void pausesItsPartitions() {
    TopicPartition foreign = new TopicPartition("in", 9);
    bench.task.onStart =
        () ->
            assertThatThrownBy(() -> bench.task.context().pause(P0))
                .isInstanceOf(IllegalWorkerStateException.class);
    bench.begin();
    assertThat(bench.task.context().assignment()).containsExactlyInAnyOrder(P0, P1);
    bench.task.context().pause(P0);
    bench.send(P0, "a").send(P1, "b").steps(5);
    assertThat(bench.task.values).containsExactly("b");
    bench.task.context().resume(P0);
    bench.until(() -> bench.task.values.contains("a"));
    assertThatThrownBy(() -> bench.task.context().pause(foreign))
        .isInstanceOf(IllegalWorkerStateException.class)
        .hasMessageContaining("in-9");
    assertThatThrownBy(() -> bench.task.context().resume(foreign))
        .isInstanceOf(IllegalWorkerStateException.class);
  }

  @Test
  @DisplayName("§6.20 A paused connector commits, keeps its membership, and resumes its partitions")
  void pausesTheConnector() {
    bench.send(P0, "a").begin();
    bench.task.context().pause(P1);
    bench.runner.pause();
    bench.steps(4);
    assertThat(bench.listener.reports).endsWith("paused");
    assertThat(bench.group.committed()).containsEntry(P0, 1L);
    assertThat(bench.consumer.paused()).containsExactlyInAnyOrder(P0, P1);
    bench.send(P0, "b").send(P1, "c").steps(300);
    assertThat(bench.group.generation()).isEqualTo(1);
    assertThat(bench.task.values).containsExactly("a");
    bench.runner.resume();
    bench.until(() -> bench.task.values.contains("b"));
    bench.steps(3);
    assertThat(bench.task.values).containsExactly("a", "b");
    assertThat(bench.listener.reports).endsWith("resumed");
  }

  @Test
  @DisplayName("§6.21 At the end all is committed and closed, then the task stopped")
  void endsInOrder() {
    bench.send(P0, "a").begin();
    bench.task.calls.clear();
    bench.stop();
    assertThat(bench.task.calls)
        .containsExactly("preCommit [in-0, in-1]", "close [in-0, in-1]", "stop");
    assertThat(bench.group.committed()).containsEntry(P0, 1L);
    assertThat(bench.consumer.closed()).isTrue();
    assertThat(bench.listener.reports).endsWith("stopped");
  }

  @Test
  @DisplayName("§6.21 A cancelled task commits nothing, and is closed and stopped")
  void commitsNothingWhenCancelled() {
    bench.send(P0, "a").begin();
    bench.runner.cancel();
    assertThat(bench.runner.step()).isFalse();
    assertThat(bench.group.committed()).isEmpty();
    assertThat(bench.task.life()).endsWith("close [in-0, in-1]", "stop");
    assertThat(bench.listener.reports).doesNotContain("stopped");
  }

  @Test
  @DisplayName("§6.22 A task that was never started is stopped")
  void stopsWhatWasNeverStarted() {
    bench.paused = true;
    bench.begin();
    bench.stop();
    assertThat(bench.task.calls).containsExactly("stop");
  }

  @Test
  @DisplayName("§6.22 A task whose start fails is stopped")
  void stopsWhatFailedToStart() {
    bench.task.onStart =
        () -> {
          throw new ConnectException("no database");
        };
    bench.make();
    assertThat(bench.failure()).hasMessage("no database");
    assertThat(bench.task.calls).containsExactly("initialize", "start", "stop");
    assertThat(bench.consumer.closed()).isTrue();
  }

  @Test
  @DisplayName("§6.30 The time a task asks for bounds its next poll, and no other")
  void timeoutBoundsAPoll() {
    List<Duration> polls = new ArrayList<>();
    bench.consumer.faults().waits(polls::add);
    bench.task.onStart = () -> bench.task.context().timeout(7);
    bench.begin().steps(2);
    assertThat(polls.getFirst()).isEqualTo(Duration.ofMillis(7));
    assertThat(polls.get(1)).isGreaterThan(Duration.ofMillis(100));
  }

  @Test
  @DisplayName("§7.13 Without reporters the context gives no errant record reporter")
  void noReporter() {
    List<Boolean> given = new ArrayList<>();
    bench.reporters = List::of;
    bench.task.onPut = batch -> given.add(bench.task.context().errantRecordReporter() != null);
    bench.begin();
    assertThat(given).isNotEmpty().containsOnly(false);
  }

  @Test
  @DisplayName("§6.27 The reporter gets the bytes as consumed; without tolerance it throws")
  void reportsErrantRecords() {
    IllegalStateException cause = new IllegalStateException("refused");
    bench.task.onPut =
        batch ->
            batch.forEach(
                record -> {
                  var unused =
                      bench
                          .task
                          .context()
                          .errantRecordReporter()
                          .report(
                              record.newRecord("x", 5, null, null, null, "changed", null), cause);
                });
    bench.send(P1, "a").make();
    assertThat(bench.failure())
        .hasRootCause(cause)
        .cause()
        .hasMessage("Tolerance exceeded in error handler");
    assertThat(bench.reports)
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.stage()).isEqualTo(Stage.TASK_PUT);
              assertThat(report.executing()).isEqualTo(SinkTask.class);
              var origin = (dev.millrace.engine.ErrorReport.Consumed) report.origin();
              assertThat(
                      new String(origin.record().value(), java.nio.charset.StandardCharsets.UTF_8))
                  .isEqualTo("a");
              assertThat(origin.record().partition()).isEqualTo(1);
            });
  }

  @Test
  @DisplayName("§6.27 A task that swallows what the reporter throws goes on")
  void mayGoOnAfterAReport() {
    bench.tolerance = Tolerance.NONE;
    bench.task.onPut =
        batch ->
            batch.forEach(
                record ->
                    assertThatThrownBy(
                            () ->
                                bench
                                    .task
                                    .context()
                                    .errantRecordReporter()
                                    .report(record, new IllegalStateException("refused")))
                        .isInstanceOf(ConnectException.class));
    bench.send(P0, "a").begin();
    bench.until(() -> bench.group.committed().getOrDefault(P0, 0L) == 1);
  }
}
