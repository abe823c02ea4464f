package dev.millrace.engine.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.ConditionWaits;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.Helper;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.Signals;
import dev.millrace.engine.Waits;
import dev.millrace.engine.sink.Conversion.Converted;
import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Tolerance;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who may be inside the pipeline, and when a conversion ends. */
class ConversionTest {
  private static final TopicPartition PARTITION = new TopicPartition("in", 0);
  private final Waits waits = new ConditionWaits(System::nanoTime, Clock.systemUTC());
  private final CountDownLatch inside = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private int lanes = 1;

  private Conversion conversion(Duration retries, UnaryOperator<SinkRecord> step) {
    Environment environment =
        new Environment(
            waits, new RecordingListener(), new Counters(), Pipelines::noMetrics, text -> text);
    ErrorSettings settings =
        new ErrorSettings(
            retries, Duration.ofMinutes(1), Tolerance.NONE, false, false, DeadLetterSettings.OFF);
    RecordErrors errors =
        new RecordErrors(settings, List.of(), environment, new Signals(waits, false, () -> {}));
    List<RecordPipeline<SinkRecord>> pipelines =
        Stream.generate(() -> Pipelines.<SinkRecord>strings(List.of(Pipelines.step(step))))
            .limit(lanes)
            .toList();
    return new Conversion(pipelines, Helper.by(threads), errors, waits);
  }

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private static ConsumerRecords<byte[], byte[]> records(int count) {
    List<ConsumerRecord<byte[], byte[]>> records =
        IntStream.range(0, count)
            .mapToObj(i -> new ConsumerRecord<>("in", 0, i, new byte[0], new byte[] {'v'}))
            .toList();
    return new ConsumerRecords<>(Map.of(PARTITION, records), Map.of());
  }

  /** A hundred of each of these partitions, of twenty keys. */
  private static ConsumerRecords<byte[], byte[]> keyed(TopicPartition... partitions) {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> all = new LinkedHashMap<>();
    for (TopicPartition partition : partitions) {
      all.put(
          partition,
          IntStream.range(0, 100)
              .mapToObj(
                  i ->
                      new ConsumerRecord<>(
                          partition.topic(),
                          partition.partition(),
                          i,
                          new byte[] {(byte) (i % 20)},
                          new byte[] {'v'}))
              .toList());
    }
    return new ConsumerRecords<>(all, Map.of());
  }

  private static List<Long> offsets(Conversion.Part part) {
    return part.passed().stream().map(SinkRecord::kafkaOffset).toList();
  }

  @Test
  @DisplayName(
      "§8.8 With lanes a sink's records keep their order, and meet while they are converted")
  void lanesKeepOrderAndMeet() {
    lanes = 2;
    CyclicBarrier meeting = new CyclicBarrier(2);
    Set<Thread> met = ConcurrentHashMap.newKeySet();
    Conversion conversion =
        conversion(
            Duration.ZERO,
            record -> {
              if (met.add(Thread.currentThread())) {
                try {
                  meeting.await(3, TimeUnit.MINUTES);
                } catch (Exception e) {
                  throw new IllegalStateException("Nobody came", e);
                }
              }
              return record;
            });
    Converted converted = conversion.convert(keyed(PARTITION), () -> false);
    assertThat(met).hasSize(2).contains(Thread.currentThread());
    assertThat(offsets(converted.parts().getFirst()))
        .isEqualTo(LongStream.range(0, 100).boxed().toList());
  }

  @Test
  @DisplayName(
      "§8.8 What a plugin throws in a lane ends its own partition's records, in their turn")
  void aLaneThatThrows() {
    lanes = 3;
    Conversion conversion =
        conversion(
            Duration.ZERO,
            record -> {
              if (record.kafkaPartition() == 0 && record.kafkaOffset() == 41) {
                throw new AssertionError("broken");
              }
              return record;
            });
    TopicPartition other = new TopicPartition("in", 1);
    Converted converted = conversion.convert(keyed(PARTITION, other), () -> false);
    Conversion.Part first = converted.parts().getFirst();
    assertThat(offsets(first)).isEqualTo(LongStream.range(0, 41).boxed().toList());
    assertThat(first.error()).hasMessage("broken");
    assertThat(converted.parts().getLast().passed()).hasSize(100);
    assertThat(converted.parts().getLast().error()).isNull();
  }

  private static boolean awaits(CountDownLatch latch) {
    try {
      return latch.await(3, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static CompletableFuture<Converted> beside(
      Conversion conversion, int count, BooleanSupplier unwanted) {
    CompletableFuture<Converted> converted = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> converted.complete(conversion.convert(records(count), unwanted)));
    return converted;
  }

  @Test
  @DisplayName("§7.9 §6.32 A report waits until nobody is inside, and comes before the batch's end")
  void reportsComeBetweenTwoRecords() throws Exception {
    CountDownLatch reported = new CountDownLatch(1);
    Conversion conversion =
        conversion(
            Duration.ZERO,
            record -> {
              if (record.kafkaOffset() == 0) {
                inside.countDown();
                assertThat(awaits(goOn)).isTrue();
              } else {
                assertThat(awaits(reported)).isTrue();
              }
              return record;
            });
    CompletableFuture<Converted> converted = beside(conversion, 3, () -> false);
    assertThat(awaits(inside)).isTrue();
    SinkRecord own = new SinkRecord("t", 0, null, "k", Schema.STRING_SCHEMA, "made", 3);
    Thread reporting =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  assertThat(conversion.serialize(own).value()).isNotEmpty();
                  reported.countDown();
                });
    while (reporting.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(reported.getCount()).isEqualTo(1);
    goOn.countDown();
    assertThat(converted.get(3, TimeUnit.MINUTES).parts().getFirst().passed()).hasSize(3);
  }

  @Test
  @DisplayName("§6.32 §7.1 A conversion that is not wanted any more ends, also between repeats")
  void endsWhenUnwanted() throws Exception {
    boolean[] unwanted = {false};
    Conversion conversion =
        conversion(
            Duration.ofDays(1),
            record -> {
              inside.countDown();
              throw new RetriableException("not now");
            });
    CompletableFuture<Converted> converted = beside(conversion, 3, () -> unwanted[0]);
    assertThat(awaits(inside)).isTrue();
    unwanted[0] = true;
    waits.wake();
    var unused = converted.get(3, TimeUnit.MINUTES);
  }
}
