package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.Lanes.Converted;
import dev.millrace.engine.Lanes.Lane;
import dev.millrace.engine.Outcome.Failed;
import dev.millrace.engine.Outcome.Filtered;
import dev.millrace.engine.Outcome.Passed;
import dev.millrace.model.errors.Stage;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Several instances of a pipeline at once: order, keys, errors, threads. */
class LanesTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Waits waits = new ConditionWaits(System::nanoTime, Clock.systemUTC());

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  /** A record whose lane follows from its key. */
  private record Numbered(int key, int number) {}

  private Lanes<Numbered, String> lanes(List<Lane<Numbered, String>> lanes, Helper helper) {
    return new Lanes<>(lanes, Numbered::key, helper, waits);
  }

  private static List<Numbered> numbers(int count, int keys) {
    return IntStream.range(0, count).mapToObj(i -> new Numbered(i % keys, i)).toList();
  }

  private static Outcome<String> outcome(Numbered record) {
    return switch (record.number() % 10) {
      case 3 -> new Filtered<>();
      case 7 -> new Failed<>(Stage.VALUE_CONVERTER, LanesTest.class, new Exception("seven"));
      default -> new Passed<>(Integer.toString(record.number()));
    };
  }

  private static String text(Outcome<String> outcome) {
    return switch (outcome) {
      case Passed<String> passed -> passed.value();
      case Filtered<String> filtered -> "filtered";
      case Failed<String> failed -> failed.error().getMessage();
    };
  }

  private static List<String> texts(List<Converted<String>> converted) {
    return converted.stream().map(each -> text(each.get())).toList();
  }

  @DisplayName("§8.8 Outcomes come in the order of the records, and a key keeps its instance")
  @Test
  void orderIsKeptAndAKeyKeepsItsLane() {
    List<Map<Integer, List<Integer>>> seen = new ArrayList<>();
    List<Lane<Numbered, String>> each = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Map<Integer, List<Integer>> own = new ConcurrentHashMap<>();
      seen.add(own);
      each.add(
          record -> {
            own.computeIfAbsent(record.key(), k -> new ArrayList<>()).add(record.number());
            return outcome(record);
          });
    }
    Lanes<Numbered, String> lanes = lanes(each, Helper.by(threads));
    for (int size : new int[] {0, 1, 5, 500, 3}) {
      List<Numbered> records = numbers(size, 20);
      assertThat(texts(lanes.convert(records)))
          .isEqualTo(records.stream().map(record -> text(outcome(record))).toList());
    }
    assertThat(seen).allMatch(own -> own.size() < 20, "not all in one lane");
    Set<Integer> keys = new HashSet<>();
    for (Map<Integer, List<Integer>> own : seen) {
      own.forEach((key, numbers) -> assertThat(keys.add(key)).as("key %d", key).isTrue());
    }
    assertThat(keys).hasSize(20);
  }

  @DisplayName("§8.8 With two lanes two conversions really run at the same time")
  @Test
  void twoConversionsMeet() {
    CyclicBarrier meeting = new CyclicBarrier(2);
    AtomicInteger met = new AtomicInteger();
    List<Lane<Numbered, String>> each = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      boolean[] been = new boolean[1];
      each.add(
          record -> {
            if (!been[0]) {
              been[0] = true;
              meet(meeting);
              met.incrementAndGet();
            }
            return outcome(record);
          });
    }
    lanes(each, Helper.by(threads)).convert(numbers(100, 20));
    assertThat(met).hasValue(2);
  }

  private static void meet(CyclicBarrier meeting) {
    try {
      meeting.await(3, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new IllegalStateException("Nobody came", e);
    }
  }

  @Test
  void fewRecordsAndThoseOfOneKeyNeedNoOtherThread() {
    List<Lane<Numbered, String>> each = List.of(LanesTest::outcome, LanesTest::outcome);
    Lanes<Numbered, String> lanes = lanes(each, Helper.NOBODY);
    assertThat(lanes.convert(numbers(10, 10))).hasSize(10);
    assertThat(lanes.convert(numbers(1000, 1))).hasSize(1000);
    assertThat(lanes.single()).isFalse();
    assertThat(lanes(List.of(LanesTest::outcome), Helper.NOBODY).single()).isTrue();
  }

  @DisplayName("§8.8 What a lane throws comes when all before it has been handed on")
  @Test
  void whatIsThrownComesInItsTurn() {
    List<Lane<Numbered, String>> each = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      each.add(
          record -> {
            if (record.number() == 55) {
              throw new AssertionError("broken");
            }
            return outcome(record);
          });
    }
    List<Converted<String>> converted = lanes(each, Helper.by(threads)).convert(numbers(200, 40));
    assertThat(converted).hasSize(200);
    assertThat(texts(converted.subList(0, 55))).hasSize(55);
    assertThat(texts(converted.subList(56, 200))).hasSize(144);
    assertThatThrownBy(() -> converted.get(55).get())
        .isInstanceOf(AssertionError.class)
        .hasMessage("broken");
  }

  @Test
  void aHelperThatCannotBeHadIsWaitedForByNobody() {
    AtomicInteger asked = new AtomicInteger();
    List<BooleanSupplier> begun = new ArrayList<>();
    Helper one =
        step -> {
          if (asked.incrementAndGet() > 1) {
            throw new OutOfMemoryError("no thread");
          }
          begun.add(step);
          Helper.by(threads).help(step);
        };
    List<Lane<Numbered, String>> each =
        List.of(LanesTest::outcome, LanesTest::outcome, LanesTest::outcome);
    assertThatThrownBy(() -> lanes(each, one).convert(numbers(300, 50))).hasMessage("no thread");
    assertThat(begun.getFirst().getAsBoolean()).as("its lane is free").isFalse();
  }

  /** Every interleaving of the lanes' steps gives the same. */
  @Test
  void stepsOfLanesMayInterleaveInAnyWay() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      List<BooleanSupplier> steps = new ArrayList<>();
      VirtualWaits virtual =
          new VirtualWaits(
              () -> {
                BooleanSupplier step = steps.get(random.nextInt(steps.size()));
                if (!step.getAsBoolean()) {
                  steps.remove(step);
                }
                return true;
              });
      int thrown = random.nextInt(120);
      Lane<Numbered, String> lane =
          record -> {
            if (record.number() == thrown) {
              throw new IllegalStateException("at " + thrown);
            }
            return outcome(record);
          };
      List<Numbered> records = numbers(20 + random.nextInt(80), 1 + random.nextInt(30));
      List<Converted<String>> converted =
          new Lanes<>(List.of(lane, lane, lane), Numbered::key, steps::add, virtual)
              .convert(records);
      assertThat(steps).isEmpty();
      assertThat(converted).hasSameSizeAs(records);
      for (int i = 0; i < Math.min(records.size(), thrown); i++) {
        assertThat(text(converted.get(i).get())).isEqualTo(text(outcome(records.get(i))));
      }
    }
  }

  private static int hash(Object key) {
    Map<String, Integer> partition = Map.of("p", 1);
    return SourcePipeline.laneHash(
        new SourceRecord(partition, Map.of(), "t", null, null, key, null, "v"));
  }

  @DisplayName("§8.8 Keys are compared by their content, a missing one is the source partition's")
  @Test
  void equalKeysHaveEqualHashes() {
    Schema schema =
        SchemaBuilder.struct()
            .field("id", Schema.BYTES_SCHEMA)
            .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
            .build();
    assertThat(hash(struct(schema, 1))).isEqualTo(hash(struct(schema, 1)));
    assertThat(hash(struct(schema, 1))).isNotEqualTo(hash(struct(schema, 2)));
    assertThat(hash(new byte[] {1, 2})).isEqualTo(hash(new byte[] {1, 2}));
    assertThat(hash(ByteBuffer.wrap(new byte[] {1})))
        .isEqualTo(hash(ByteBuffer.wrap(new byte[] {1})));
    Map<String, Object> map = new HashMap<>(Map.of("a", new byte[] {3}, "b", List.of(1)));
    assertThat(hash(map)).isEqualTo(hash(Map.of("b", List.of(1), "a", new byte[] {3})));
    assertThat(hash(new Object[] {new byte[] {1}})).isEqualTo(hash(List.of(new byte[] {1})));
    assertThat(hash(null)).isEqualTo(hash(Map.of("p", 1)));
  }

  private static Struct struct(Schema schema, int id) {
    return new Struct(schema).put("id", new byte[] {(byte) id}).put("tags", List.of("a"));
  }

  @DisplayName("§8.9 Instances that were made are closed when another one cannot be made")
  @Test
  void whatWasMadeIsClosedWhenOneCannotBeMade() {
    List<String> closed = new ArrayList<>();
    AtomicInteger made = new AtomicInteger();
    TaskPlugin<String, SourceRecord> plugin =
        new TaskPlugin<>(
            () -> "task",
            () -> {
              if (made.incrementAndGet() == 3) {
                throw new IllegalStateException("no third");
              }
              return Pipelines.closing(() -> closed.add("closed"));
            },
            new LaneSettings(4, Helper.NOBODY),
            Map.of(),
            LanesTest.class.getClassLoader());
    assertThatThrownBy(plugin::pipelines).hasMessage("no third");
    assertThat(closed).hasSize(2);
  }
}
