package dev.millrace.engine.sink;

import static dev.millrace.engine.sink.SinkBench.P0;
import static dev.millrace.engine.sink.SinkBench.P1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Helper;
import dev.millrace.engine.Pipelines;
import dev.millrace.model.errors.Tolerance;
import dev.millrace.testkit.SimulatedConsumer;
import dev.millrace.testkit.SimulatedGroup.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The batch behind the one that is put is converted meanwhile, and nothing else changes. */
class SinkAheadTest {
  private final SinkBench bench = new SinkBench(Protocol.COOPERATIVE);
  private final List<String> log = new ArrayList<>();
  private Runnable beside = () -> {};

  SinkAheadTest() {
    bench.overlap = new PutOverlap(Helper.by(conversion -> beside = conversion), Duration.ZERO);
    bench.consumer.faults().most(() -> 2);
    bench.steps = List.of(Pipelines.step(this::converted));
    bench.task.onPut = this::put;
  }

  private SinkRecord converted(SinkRecord record) {
    log.add("convert " + record.value());
    if (record.value().toString().startsWith("bad")) {
      throw new IllegalArgumentException("bad");
    }
    return record;
  }

  /** The other thread is as fast as it can be. */
  private void put(List<SinkRecord> batch) {
    if (!batch.isEmpty()) {
      log.add("put");
      runBeside();
      log.add("put over");
    }
  }

  private void runBeside() {
    Runnable conversion = beside;
    beside = () -> {};
    conversion.run();
  }

  @Test
  @DisplayName("§6.32 With a backlog the next batch is converted during put, and order stays")
  void convertsTheNextBatchDuringPut() {
    bench.send(P0, "1", "2", "3", "4", "5", "6").begin();
    bench.until(() -> bench.task.values.size() == 6);
    assertThat(bench.task.values).containsExactly("1", "2", "3", "4", "5", "6");
    assertThat(log)
        .startsWith(
            "convert 1",
            "convert 2",
            "put",
            "convert 3",
            "convert 4",
            "put over",
            "put",
            "convert 5");
    bench.until(() -> bench.group.committed().getOrDefault(P0, 0L) == 6);
  }

  @Test
  @DisplayName("§6.32 Without a backlog, or when all is fast, nothing is done ahead")
  void doesNothingAheadWhenThatWouldNotHelp() {
    bench.send(P0, "1", "2").begin();
    bench.send(P0, "3", "4", "5").steps(5);
    assertThat(bench.task.values).hasSize(5);
    assertThat(log.subList(log.indexOf("put"), log.size()))
        .doesNotContainSequence("put", "convert 3");
    SinkBench fast = new SinkBench();
    fast.overlap =
        new PutOverlap(
            conversion -> {
              throw new AssertionError("nothing takes time here");
            },
            Duration.ofNanos(1));
    fast.consumer.faults().most(() -> 2);
    fast.send(P0, "1", "2", "3", "4", "5", "6").begin();
    fast.until(() -> fast.task.values.size() == 6);
  }

  @Test
  @DisplayName(
      "§6.5 §6.32 What is ahead waits while a batch is put again, after the time asked for")
  void waitsBehindABatchThatIsPutAgain() {
    List<Duration> waits = new ArrayList<>();
    int[] refusals = {0};
    bench.task.onPut =
        batch -> {
          put(batch);
          if (!batch.isEmpty() && refusals[0]++ < 3) {
            bench.consumer.faults().waits(waits::add);
            bench.task.context().timeout(30);
            throw new RetriableException("not now");
          }
          bench.consumer.faults().waits(timeout -> {});
        };
    bench.send(P0, "1", "2", "3", "4", "5", "6").begin();
    bench.until(() -> bench.task.values.size() == 6);
    assertThat(bench.task.values).containsExactly("1", "2", "3", "4", "5", "6");
    assertThat(waits).hasSize(3).containsOnly(Duration.ofMillis(30));
  }

  @Test
  @DisplayName("§7.3 §6.32 A bad record ahead fails the task once the batch before is put")
  void failsAfterThePutBefore() {
    bench.send(P0, "1", "2", "bad", "4", "5", "6").make();
    assertThat(bench.failure()).hasMessage("Tolerance exceeded in error handler");
    assertThat(log).containsSubsequence("put", "convert bad", "put over");
    assertThat(bench.task.values).containsExactly("1", "2");
    assertThat(bench.group.committed()).containsEntry(P0, 2L);
  }

  @Test
  @DisplayName("§6.8 §6.32 Reports come in the order of records: those of put before those ahead")
  void reportsInTheOrderOfRecords() {
    bench.tolerance = Tolerance.ALL;
    bench.task.onPut =
        batch -> {
          put(batch);
          for (SinkRecord record : batch) {
            if (record.value().equals("2")) {
              var unused =
                  bench
                      .task
                      .context()
                      .errantRecordReporter()
                      .report(record, new IllegalStateException("refused"));
            }
          }
        };
    bench.send(P0, "1", "2", "bad", "4", "5", "6").begin();
    bench.until(() -> bench.group.committed().getOrDefault(P0, 0L) == 6);
    assertThat(bench.reports.stream().map(report -> report.error().getMessage()))
        .containsExactly("refused", "bad");
    assertThat(bench.task.values).containsExactly("1", "2", "4", "5", "6");
  }

  @Test
  @DisplayName("§6.19 §6.32 What the task pauses during put does not come, though it was ahead")
  void doesNotPutWhatIsPaused() {
    bench.task.onPut =
        batch -> {
          put(batch);
          if (bench.task.calls.contains("put 4") && bench.task.values.isEmpty()) {
            bench.task.context().pause(P0);
          }
        };
    bench.send(P0, "1", "2", "3", "4", "5").send(P1, "a", "b", "c", "d", "e").begin();
    bench.until(() -> bench.task.values.contains("e"));
    assertThat(bench.task.values).contains("1", "2", "a", "b", "c", "d", "e").doesNotContain("3");
    bench.task.onPut = batch -> bench.task.context().resume(P0);
    bench.until(() -> bench.task.values.contains("5"));
    assertThat(bench.task.values.stream().filter(value -> value.compareTo("a") < 0))
        .containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  @DisplayName("§6.20 §6.32 A paused connector puts nothing that was ahead, and goes on behind it")
  void putsNothingAheadWhilePaused() {
    bench.send(P0, "1", "2", "3", "4", "5", "6");
    bench.task.onPut =
        batch -> {
          put(batch);
          if (!batch.isEmpty() && bench.task.values.isEmpty()) {
            bench.runner.pause();
          }
        };
    bench.begin().steps(10);
    assertThat(bench.task.values).containsExactly("1", "2");
    assertThat(bench.group.committed()).containsEntry(P0, 2L);
    bench.runner.resume();
    bench.until(() -> bench.task.values.size() == 6);
    assertThat(bench.task.values).containsExactly("1", "2", "3", "4", "5", "6");
  }

  @Test
  @DisplayName("§6.18 §6.32 After context.offset nothing comes from where reading was")
  void readsOnFromWhereTheTaskWants() {
    boolean[] asked = {false};
    bench.task.onPut =
        batch -> {
          put(batch);
          if (!batch.isEmpty() && !asked[0]) {
            asked[0] = true;
            bench.task.context().offset(P0, 5);
          }
        };
    bench.send(P0, "1", "2", "3", "4", "5", "6").begin();
    bench.until(() -> bench.task.values.contains("6"));
    assertThat(bench.task.values).containsExactly("1", "2", "6");
  }

  @Test
  @DisplayName("§6.21 §6.32 A stop drops what is ahead; what waits for the other thread never runs")
  void dropsWhatIsAheadAtTheEnd() {
    bench.task.onPut = batch -> {};
    bench.send(P0, "1", "2", "3", "4", "5", "6").begin();
    bench.until(() -> bench.task.values.size() == 2);
    bench.stop();
    runBeside();
    assertThat(log).containsExactly("convert 1", "convert 2");
    assertThat(bench.group.committed()).containsEntry(P0, 2L);
    assertThat(bench.listener.errors).isEmpty();
  }

  @Test
  @DisplayName("§6.25 §6.32 A conversion beside the task that takes long keeps its membership")
  void keepsItsPlaceWhileTheOtherThreadIsSlow() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    SimulatedConsumer other = bench.other(SILENT);
    bench.steps =
        List.of(
            Pipelines.step(
                record -> {
                  if (record.value().equals("3")) {
                    inside.countDown();
                    assertThat(awaits(goOn)).isTrue();
                  }
                  return record;
                }));
    bench.task.onPut =
        batch -> {
          if (batch.size() == 2 && inside.getCount() > 0) {
            Thread.ofPlatform().daemon().start(beside);
            assertThat(awaits(inside)).isTrue();
          }
        };
    bench.send(P0, "1", "2", "3", "4", "5", "6").begin();
    int[] looks = {0};
    bench.waits.onWait =
        () -> {
          bench.runner.tick();
          if (looks[0]++ == 30 * 100) { // more than all of the poll interval
            goOn.countDown();
          }
        };
    int generation = bench.group.generation();
    bench.until(() -> bench.task.values.size() == 6);
    assertThat(bench.task.values).containsExactly("1", "2", "3", "4", "5", "6");
    assertThat(bench.group.generation()).isEqualTo(generation);
    other.close();
  }

  @Test
  @DisplayName("§6.32 An error of the other thread, such as of memory, fails the task as its own")
  void failsByAnErrorOfTheOtherThread() {
    boolean[] beside = {false};
    bench.intercepted = polled -> polled.isEmpty() ? polled : new Dear(polled, beside);
    bench.task.onPut =
        batch -> {
          beside[0] = true;
          try {
            runBeside();
          } catch (OutOfMemoryError e) {
            log.add("the other thread has died");
          }
          beside[0] = false;
        };
    bench.send(P0, "1", "2", "3", "4", "5", "6").make();
    int[] looks = {0};
    bench.waits.onWait = () -> assertThat(looks[0]++).as("waits").isLessThan(1_000);
    assertThat(bench.failure()).isInstanceOf(OutOfMemoryError.class);
    assertThat(bench.group.committed()).containsEntry(P0, 2L);
  }

  /** Records for which the other thread has no memory. */
  private static final class Dear extends ConsumerRecords<byte[], byte[]> {
    private final boolean[] beside;

    Dear(ConsumerRecords<byte[], byte[]> polled, boolean[] beside) {
      super(
          polled.partitions().stream().collect(Collectors.toMap(p -> p, polled::records)),
          Map.of());
      this.beside = beside;
    }

    @Override
    public List<ConsumerRecord<byte[], byte[]>> records(TopicPartition partition) {
      if (beside[0]) {
        throw new OutOfMemoryError("no room");
      }
      return super.records(partition);
    }
  }

  private static boolean awaits(CountDownLatch latch) {
    try {
      return latch.await(3, java.util.concurrent.TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static final ConsumerRebalanceListener SILENT =
      new ConsumerRebalanceListener() {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
      };
}
