package dev.millrace.engine.sink;

import static dev.millrace.engine.sink.SinkBench.P0;
import static dev.millrace.engine.sink.SinkBench.P1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.SimulatedConsumer;
import dev.millrace.testkit.SimulatedGroup.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Sinks whose put takes longer than the poll interval. */
class SlowSinkTest {
  private static final long SECOND = 1_000;

  private static final ConsumerRebalanceListener SILENT =
      new ConsumerRebalanceListener() {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
      };

  /** Time passes inside put, with the worker's ticks; others may poll meanwhile. */
  private static void slowly(SinkBench bench, int seconds, Runnable eachSecond) {
    for (int i = 0; i < seconds; i++) {
      bench.waits.advance(SECOND);
      bench.runner.tick();
      eachSecond.run();
    }
  }

  private static void slowFor(SinkBench bench, String value, int seconds, Runnable eachSecond) {
    bench.task.onPut =
        batch -> {
          if (batch.stream().anyMatch(record -> record.value().equals(value))) {
            slowly(bench, seconds, eachSecond);
          }
        };
  }

  @Test
  @DisplayName("§6.25 A put longer than the poll interval does not cost the membership")
  void keepsTheMembership() {
    SinkBench bench = new SinkBench();
    slowFor(bench, "slow", 12, () -> {});
    bench.send(P0, "slow", "b").begin();
    bench.send(P1, "c");
    bench.until(() -> bench.group.committed().equals(Map.of(P0, 2L, P1, 1L)));
    assertThat(bench.group.generation()).isEqualTo(1);
    assertThat(bench.task.values).containsExactly("slow", "b", "c");
    assertThat(bench.task.life()).containsExactly("initialize", "start", "open [in-0, in-1]");
  }

  @Test
  @DisplayName("§6.25 A slow conversion and a slow preCommit do not cost the membership either")
  void keepsTheMembershipInPreCommit() {
    SinkBench bench = new SinkBench();
    boolean[] slow = {true};
    bench.task.onPreCommit =
        offsets -> {
          if (slow[0]) {
            slow[0] = false;
            slowly(bench, 12, () -> {});
          }
          return offsets;
        };
    bench.send(P0, "a").begin();
    bench.until(() -> bench.group.committed().getOrDefault(P0, 0L) == 1);
    assertThat(bench.group.generation()).isEqualTo(1);
  }

  @Test
  @DisplayName("§6.25 Partitions wanted back during a long put are given up without a commit")
  void givesUpWhatOthersWaitFor() {
    for (Protocol protocol : Protocol.values()) {
      SinkBench bench = new SinkBench(protocol);
      SimulatedConsumer other = bench.other(SILENT);
      slowFor(bench, "slow", 12, () -> other.poll(Duration.ZERO));
      bench.send(P0, "slow", "b").send(P1, "c").begin();
      bench.until(
          () -> {
            other.poll(Duration.ZERO);
            return bench.consumer.assignment().size() == 1;
          });
      assertThat(other.assignment()).as("%s", protocol).containsExactly(P1);
      assertThat(bench.group.committed()).as("%s", protocol).doesNotContainEntry(P1, 1L);
      List<String> life = bench.task.life();
      assertThat(life.subList(0, 3)).containsExactly("initialize", "start", "open [in-0, in-1]");
      assertThat(life.get(3))
          .isEqualTo(protocol == Protocol.EAGER ? "close [in-0, in-1]" : "close [in-1]");
      bench.until(() -> bench.group.committed().getOrDefault(P0, 0L) == 2);
      assertThat(bench.task.values).contains("slow", "b");
    }
  }

  @Test
  @DisplayName("§6.18 §6.25 An offset asked for means nothing once others have the partition")
  void forgetsOffsetsOfWhatOthersHave() {
    for (Protocol protocol : Protocol.values()) {
      SinkBench bench = new SinkBench(protocol);
      SimulatedConsumer other = bench.other(SILENT);
      boolean[] asked = {false};
      bench.task.onPut =
          batch -> {
            if (!batch.isEmpty() && !asked[0]) {
              asked[0] = true;
              slowly(bench, 12, () -> other.poll(Duration.ZERO));
              bench.task.context().offset(P1, 0);
            }
          };
      bench.send(P0, "slow", "b").send(P1, "c").begin();
      bench.until(
          () -> {
            other.poll(Duration.ZERO);
            return bench.consumer.assignment().equals(Set.of(P0));
          });
      bench.until(() -> bench.group.committed().getOrDefault(P0, 0L) == 2);
      assertThat(bench.task.values).as("%s", protocol).contains("slow", "b");
    }
  }

  @Test
  @DisplayName("§6.25 A put that ends while others wait is committed and closed as always")
  void commitsWhenThePutEndsInTime() throws Exception {
    CountDownLatch revoking = new CountDownLatch(1);
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      SinkBench bench = threaded(threads);
      SimulatedConsumer other = bench.other(SILENT);
      bench.task.onPut = batch -> putUntil(bench, batch, other, revoking);
      bench.task.onPreCommit =
          offsets -> {
            assertThat(Thread.currentThread().getName()).isEqualTo("task");
            return offsets;
          };
      bench.send(P0, "slow").send(P1, "c");
      bench.make();
      Thread task = new Thread(bench.runner::run, "task");
      task.start();
      assertThat(revoking.await(3, TimeUnit.MINUTES)).isTrue();
      awaitOwner(other, P1);
      assertThat(bench.group.committed()).containsEntry(P1, 1L);
      bench.runner.stop();
      task.join(180_000);
      assertThat(task.isAlive()).isFalse();
      assertThat(bench.listener.errors).isEmpty();
      assertThat(bench.task.life())
          .containsExactly(
              "initialize", "start", "open [in-0, in-1]", "close [in-1]", "close [in-0]", "stop");
    } finally {
      threads.shutdownNow();
    }
  }

  /** With real threads, in real time. */
  private static SinkBench threaded(ExecutorService threads) {
    SinkBench bench = new SinkBench(Protocol.COOPERATIVE);
    bench.time =
        new dev.millrace.engine.ConditionWaits(System::nanoTime, java.time.Clock.systemUTC());
    bench.threads = threads;
    return bench;
  }

  /** Ticks until the keeper waits inside a revocation, then lets put end. */
  private static void putUntil(
      SinkBench bench, List<SinkRecord> batch, SimulatedConsumer other, CountDownLatch revoking) {
    if (batch.isEmpty() || revoking.getCount() == 0) {
      return;
    }
    int generation = bench.group.generation();
    while (bench.group.generation() == generation) {
      bench.runner.tick();
      other.poll(Duration.ZERO);
      Thread.onSpinWait();
    }
    revoking.countDown();
  }

  private static void awaitOwner(SimulatedConsumer other, TopicPartition partition) {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (!other.assignment().contains(partition) && System.nanoTime() < end) {
      other.poll(Duration.ZERO);
      Thread.onSpinWait();
    }
    assertThat(other.assignment()).contains(partition);
  }

  @Test
  @DisplayName("§6.25 What others took back before the sink heard that it had it is not committed")
  void changesReachTheSinkInOrder() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      SinkBench bench = threaded(threads);
      SimulatedConsumer other = bench.other(SILENT);
      SimulatedConsumer next = bench.other(SILENT);
      CountDownLatch taken = new CountDownLatch(1);
      bench.task.onPut =
          batch -> {
            if (!batch.isEmpty() && taken.getCount() > 0) {
              other.close();
              tickUntil(bench, () -> holds(bench, P1));
              int generation = bench.group.generation();
              next.poll(Duration.ZERO);
              tickUntil(bench, () -> movesOn(bench, next, generation));
              taken.countDown();
            }
          };
      bench.make();
      Thread task = new Thread(bench.runner::run, "task");
      task.start();
      tickUntil(bench, () -> bench.task.life().contains("open [in-0, in-1]"));
      awaitOwner(other, P1);
      bench.send(P0, "slow");
      assertThat(taken.await(3, TimeUnit.MINUTES)).isTrue();
      awaitOwner(next, P1);
      next.commitSync(Map.of(P1, new OffsetAndMetadata(7)), Duration.ofSeconds(1));
      bench.send(P0, "more");
      tickUntil(bench, () -> bench.group.committed().getOrDefault(P0, 0L) == 2);
      bench.runner.stop();
      task.join(180_000);
      assertThat(task.isAlive()).isFalse();
      assertThat(bench.listener.errors).isEmpty();
      assertThat(bench.group.committed()).isEqualTo(Map.of(P0, 2L, P1, 7L));
      assertThat(bench.task.life())
          .containsExactly(
              "initialize",
              "start",
              "open [in-0, in-1]",
              "close [in-1]",
              "open [in-1]",
              "close [in-1]",
              "close [in-0]",
              "stop");
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean movesOn(SinkBench bench, SimulatedConsumer next, int generation) {
    next.poll(Duration.ZERO);
    return bench.group.generation() > generation;
  }

  /** Whether the task's consumer has it, and is not being polled. */
  private static boolean holds(SinkBench bench, TopicPartition partition) {
    try {
      return bench.consumer.assignment().contains(partition);
    } catch (ConcurrentModificationException e) {
      return false;
    }
  }

  private static void tickUntil(SinkBench bench, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      bench.runner.tick();
      Thread.onSpinWait();
    }
  }

  @Test
  @DisplayName("§3.7 A stop that comes while the keeper polls ends the task before its next poll")
  void aStopIsNotLostInTheKeepersPoll() {
    SinkBench bench = new SinkBench();
    List<Duration> waits = new ArrayList<>();
    bench.task.onPreCommit =
        offsets -> {
          bench.runner.stop();
          bench.consumer.faults().waits(waits::add);
          slowly(bench, 3, () -> {});
          waits.clear(); // the keeper's own
          return offsets;
        };
    bench.send(P0, "a").begin();
    while (bench.runner.step()) {
      bench.waits.advance(100);
    }
    assertThat(waits).isEmpty();
    assertThat(bench.group.committed()).containsEntry(P0, 1L);
  }

  @Test
  @DisplayName("§6.25 A task that hangs in put leaves the group when its time to stop has passed")
  void leavesTheGroupWhenCancelled() {
    SinkBench bench = new SinkBench();
    bench.task.onPut =
        batch -> {
          if (!batch.isEmpty()) {
            slowly(bench, 12, () -> {});
            assertThat(bench.counters.waiting().orElseThrow().what()).contains("put");
            bench.runner.cancel();
            assertThat(bench.consumer.closed()).isTrue();
          }
        };
    bench.send(P0, "a");
    bench.make();
    while (bench.runner.step()) {
      bench.waits.advance(1);
    }
    assertThat(bench.group.committed()).isEmpty();
    assertThat(bench.task.life()).endsWith("close [in-0, in-1]", "stop");
  }
}
