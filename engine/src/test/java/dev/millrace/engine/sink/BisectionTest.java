package dev.millrace.engine.sink;

import static dev.millrace.engine.sink.SinkBench.P0;
import static dev.millrace.engine.sink.SinkBench.P1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.Pipelines;
import dev.millrace.model.errors.Stage;
import dev.millrace.model.errors.Tolerance;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Batches that a sink refuses, with errors.put.bisect. */
class BisectionTest {
  private SinkBench bench;

  @BeforeEach
  void prepare() {
    bench = new SinkBench();
    bench.bisect = true;
    bench.tolerance = Tolerance.ALL;
  }

  private static String[] values(int count) {
    return IntStream.range(0, count).mapToObj(i -> "v" + i).toArray(String[]::new);
  }

  private void refuse(Set<String> bad) {
    bench.task.onPut =
        batch -> {
          if (batch.stream().map(SinkRecord::value).anyMatch(bad::contains)) {
            throw new IllegalArgumentException("refused");
          }
        };
  }

  private List<String> given() {
    List<String> given = new ArrayList<>();
    for (ErrorReport report : bench.reports) {
      assertThat(report.stage()).isEqualTo(Stage.TASK_PUT);
      var origin = (ErrorReport.Consumed) report.origin();
      given.add(new String(origin.record().value(), StandardCharsets.UTF_8));
    }
    return given;
  }

  @Test
  @DisplayName("§6.26 The bad records of a batch are given up, all others are put in order")
  void findsBadRecords() {
    for (int seed = 0; seed < 60; seed++) {
      prepare();
      Random random = new Random(seed);
      int count = 2 + random.nextInt(40);
      Set<String> bad = new HashSet<>();
      for (int i = 0; i < 1 + random.nextInt(3); i++) {
        bad.add("v" + random.nextInt(count));
      }
      if (bad.size() == count) {
        continue;
      }
      refuse(bad);
      bench.send(P0, values(count)).begin();
      bench.until(() -> bench.group.committed().getOrDefault(P0, 0L) == count);
      assertThat(given()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(bad);
      assertThat(new ArrayList<>(new java.util.LinkedHashSet<>(bench.task.values)))
          .as("seed %d", seed)
          .isEqualTo(List.of(values(count)).stream().filter(v -> !bad.contains(v)).toList());
    }
  }

  @Test
  @DisplayName("§6.26 An error of every record fails the task, and none is given up")
  void givesNothingUpWhenAllFails() {
    bench.task.onPut =
        batch -> {
          if (!batch.isEmpty()) {
            throw new IllegalStateException("database away");
          }
        };
    bench.send(P0, values(300)).make();
    assertThat(bench.failure()).hasRootCauseMessage("database away");
    assertThat(bench.reports).isEmpty();
    assertThat(bench.group.committed()).doesNotContainEntry(P0, 300L);
    assertThat(bench.task.calls.stream().filter(c -> c.startsWith("put"))).hasSizeLessThan(20);
  }

  @Test
  @DisplayName("§6.26 When the sink breaks down after a good half, nothing is given up")
  void givesNothingUpWhenTheSinkBreaksDown() {
    int[] puts = {0};
    bench.task.onPut =
        batch -> {
          if (!batch.isEmpty() && puts[0]++ != 1) {
            throw new IllegalStateException("database away");
          }
        };
    bench.send(P0, values(4)).make();
    assertThat(bench.failure()).hasRootCauseMessage("database away");
    assertThat(bench.reports).isEmpty();
  }

  @Test
  @DisplayName("§6.26 A batch of one record fails the task: nothing shows that the sink works")
  void failsForASingleRecord() {
    refuse(Set.of("v0"));
    bench.send(P0, "v0").make();
    assertThat(bench.failure())
        .cause()
        .hasMessageContaining("the record at offset 0 of in-0")
        .hasMessageContaining("no record was given up");
    assertThat(bench.reports).isEmpty();
  }

  @Test
  @DisplayName("§6.26 Without tolerance the task fails and names the record")
  void namesTheRecord() {
    bench.tolerance = Tolerance.NONE;
    refuse(Set.of("v5"));
    bench.send(P1, values(8)).make();
    assertThat(bench.failure())
        .cause()
        .isInstanceOf(ConnectException.class)
        .hasMessage("The sink refuses the record at offset 5 of in-1");
    assertThat(given()).containsExactly("v5");
  }

  @Test
  @DisplayName("§6.26 What a half asks to retry is kept, and only that is put again")
  void keepsTheRestForARetry() {
    int[] retries = {1};
    bench.task.onPut =
        batch -> {
          List<Object> given = batch.stream().map(SinkRecord::value).toList();
          if (given.contains("v1")) {
            throw new IllegalArgumentException("refused");
          }
          if (given.contains("v6") && retries[0]-- > 0) {
            throw new RetriableException("not now");
          }
        };
    bench.send(P0, values(8)).begin();
    bench.until(() -> bench.group.committed().getOrDefault(P0, 0L) == 8);
    assertThat(given()).containsExactly("v1");
    assertThat(bench.task.values).containsExactly("v0", "v2", "v3", "v4", "v5", "v6", "v7");
  }

  @Test
  @DisplayName("§6.26 What was put is not put again, though the sink changes the values it gets")
  void knowsRecordsThatTheSinkChanges() {
    bench.steps = List.of(Pipelines.step(BisectionTest::asMap));
    List<Object> done = new ArrayList<>();
    int[] retries = {1};
    bench.task.onPut =
        batch -> {
          List<Object> given = batch.stream().map(BisectionTest::taken).toList();
          if (given.contains("v1")) {
            throw new IllegalArgumentException("refused");
          }
          if (given.contains("v6") && retries[0]-- > 0) {
            throw new RetriableException("not now");
          }
          done.addAll(given);
        };
    bench.send(P0, values(8)).begin();
    bench.until(() -> bench.group.committed().getOrDefault(P0, 0L) == 8);
    assertThat(done).containsExactly("v0", "v2", "v3", "v4", "v5", "v6", "v7");
  }

  private static SinkRecord asMap(SinkRecord record) {
    Map<String, Object> value = new HashMap<>(Map.of("v", record.value()));
    return record.newRecord(record.topic(), 0, null, null, null, value, record.timestamp());
  }

  @SuppressWarnings("unchecked")
  private static Object taken(SinkRecord record) {
    Map<String, Object> value = (Map<String, Object>) record.value();
    value.merge("times", 1, (before, one) -> (int) before + (int) one);
    return value.get("v");
  }

  @Test
  @DisplayName("§6.26 Without errors.put.bisect a refused batch fails the task")
  void isOffByDefault() {
    bench.bisect = false;
    refuse(Set.of("v1"));
    bench.send(P0, values(4)).make();
    assertThat(bench.failure()).hasRootCauseMessage("refused");
    assertThat(bench.reports).isEmpty();
  }
}
