package dev.millrace.engine.sink;

import static dev.millrace.engine.sink.SinkBench.P0;
import static dev.millrace.engine.sink.SinkBench.P1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Pipelines;
import dev.millrace.model.errors.Stage;
import dev.millrace.model.errors.Tolerance;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a sink task is given, and what becomes of it. */
class SinkPutTest {
  private final SinkBench bench = new SinkBench();

  @Test
  @DisplayName("§6.2 put is called for every poll, also with nothing, also while paused")
  void putsAlsoNothing() {
    bench.begin().steps(5);
    assertThat(bench.task.calls).contains("put 0");
    bench.runner.pause();
    bench.steps(3);
    bench.task.calls.clear();
    bench.send(P0, "late").steps(4);
    assertThat(bench.task.calls).contains("put 0").doesNotContain("put 1");
    bench.runner.resume();
    bench.until(() -> bench.task.values.contains("late"));
  }

  @Test
  @DisplayName("§6.3 An interceptor of the consumer may leave out all records of a partition")
  void goesOnWithoutWhatAnInterceptorLeavesOut() {
    bench.intercepted = SinkPutTest::withoutSecrets;
    bench.send(P0, "secret").send(P1, "a", "b").begin();
    bench.until(() -> bench.task.values.size() == 2);
    bench.send(P0, "c").send(P1, "secret", "secret");
    bench.until(() -> bench.group.committed().getOrDefault(P0, 0L) == 2);
    assertThat(bench.task.values).containsExactly("a", "b", "c");
  }

  private static ConsumerRecords<byte[], byte[]> withoutSecrets(
      ConsumerRecords<byte[], byte[]> polled) {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> kept = new HashMap<>();
    for (TopicPartition partition : polled.partitions()) {
      kept.put(
          partition,
          polled.records(partition).stream()
              .filter(each -> !new String(each.value(), StandardCharsets.UTF_8).equals("secret"))
              .toList());
    }
    return new ConsumerRecords<>(kept, polled.nextOffsets());
  }

  @Test
  @DisplayName("§6.3 Failed and dropped records are left out, and their offsets are committed")
  void leavesOutWhatFails() {
    bench.tolerance = Tolerance.ALL;
    bench.steps =
        List.of(
            Pipelines.step(
                record -> {
                  if (record.value().equals("bad")) {
                    throw new IllegalArgumentException("bad");
                  }
                  return record.value().equals("unwanted") ? null : record;
                }));
    bench.send(P0, "a", "bad", "b", "unwanted").begin();
    bench.until(() -> bench.group.committed().getOrDefault(P0, 0L) == 4);
    assertThat(bench.task.values).containsExactly("a", "b");
    assertThat(bench.reports)
        .singleElement()
        .satisfies(report -> assertThat(report.stage()).isEqualTo(Stage.TRANSFORMATION));
  }

  @Test
  @DisplayName("§6.5 A batch refused for the moment is put again after the time the task asked for")
  void putsTheSameBatchAgain() {
    List<List<Object>> refused = new ArrayList<>();
    bench.task.onPut =
        batch -> {
          if (!batch.isEmpty() && refused.size() < 4) {
            refused.add(batch.stream().map(SinkRecord::value).toList());
            assertThat(bench.group.committed()).isEmpty();
            bench.task.context().timeout(30);
            bench.send(P0, "more");
            throw new RetriableException("not now");
          }
        };
    bench.send(P0, "a").send(P1, "b").begin();
    bench.until(() -> bench.task.values.size() == 6);
    assertThat(refused).containsOnly(refused.getFirst());
    assertThat(bench.task.values).containsOnlyOnce("a", "b");
    bench.until(() -> bench.group.committed().getOrDefault(P0, 0L) == 5);
  }

  @Test
  @DisplayName(
      "§6.5 Everything is paused while a batch waits, except that the task's own pauses stay")
  void keepsOwnPausesOverARetry() {
    bench.task.onOpen = partitions -> bench.task.context().pause(P1);
    boolean[] refuse = {true};
    bench.task.onPut =
        batch -> {
          if (!batch.isEmpty() && refuse[0]) {
            throw new RetriableException("not now");
          }
        };
    bench.send(P0, "a").send(P1, "b").begin().steps(2);
    assertThat(bench.consumer.paused()).containsExactlyInAnyOrder(P0, P1);
    refuse[0] = false;
    bench.until(() -> bench.task.values.contains("a"));
    bench.steps(2);
    assertThat(bench.consumer.paused()).containsExactly(P1);
    assertThat(bench.task.values).containsExactly("a");
  }

  @Test
  @DisplayName("§6.6 Any other exception of put fails the task; what was put before is committed")
  void failsByOtherExceptions() {
    bench.send(P0, "a").begin();
    bench.task.onPut =
        batch -> {
          if (!batch.isEmpty()) {
            throw new IllegalStateException("broken");
          }
        };
    bench.send(P0, "b");
    assertThat(bench.failure())
        .isInstanceOf(ConnectException.class)
        .hasMessage("Exiting WorkerSinkTask due to unrecoverable exception.")
        .hasRootCauseMessage("broken");
    assertThat(bench.group.committed()).containsEntry(P0, 1L);
    assertThat(bench.task.life()).endsWith("close [in-0, in-1]", "stop");
  }

  private void sendAt(long timestamp) {
    bench.group.append(
        new ConsumerRecord<>(
            "in",
            1,
            0,
            timestamp,
            TimestampType.CREATE_TIME,
            ConsumerRecord.NULL_SIZE,
            ConsumerRecord.NULL_SIZE,
            "k".getBytes(StandardCharsets.UTF_8),
            "v".getBytes(StandardCharsets.UTF_8),
            new RecordHeaders().add("h", "1".getBytes(StandardCharsets.UTF_8)),
            Optional.empty()));
  }

  @Test
  @DisplayName("§6.23 A record has its timestamp, headers and original place after transformations")
  void recordsKnowTheirOrigin() {
    bench.steps =
        List.of(
            Pipelines.step(
                r ->
                    r.newRecord(
                        "out", 7, r.keySchema(), "x", r.valueSchema(), r.value(), r.timestamp())));
    sendAt(-1);
    sendAt(1234);
    bench.begin();
    assertThat(bench.task.records).hasSize(2);
    assertThat(bench.task.records.getFirst().timestamp()).isNull();
    SinkRecord record = bench.task.records.getLast();
    assertThat(record.timestamp()).isEqualTo(1234);
    assertThat(record.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
    assertThat(record.topic()).isEqualTo("out");
    assertThat(record.originalTopic()).isEqualTo("in");
    assertThat(record.originalKafkaPartition()).isEqualTo(1);
    assertThat(record.originalKafkaOffset()).isEqualTo(1);
    assertThat(record.headers().lastWithName("h").value()).isEqualTo((byte) 1);
  }

  @Test
  @DisplayName("§6.23 A negative timestamp other than -1 fails the task")
  void failsByNegativeTimestamps() {
    bench.tolerance = Tolerance.ALL;
    sendAt(-2);
    bench.make();
    assertThat(bench.failure()).hasMessageContaining("-2");
  }

  @Test
  @DisplayName("§6.24 A topic is active once a record of it is converted, also if it then fails")
  void tellsActiveTopics() {
    bench.group.create("other", 1);
    bench.group.create("empty", 1);
    bench.topics = new Topics.Named(List.of("in", "other", "empty"));
    bench.tolerance = Tolerance.ALL;
    bench.steps =
        List.of(
            Pipelines.step(
                record -> {
                  if (record.topic().equals("other")) {
                    throw new IllegalArgumentException("no");
                  }
                  return record.newRecord("renamed", 0, null, null, null, "", null);
                }));
    bench.send(P0, "a", "b").send(new org.apache.kafka.common.TopicPartition("other", 0), "c");
    bench.begin();
    assertThat(bench.listener.topics).containsExactlyInAnyOrder("in", "other");
    bench.send(P0, "d").steps(2);
    assertThat(bench.listener.topics).as("told again").hasSize(3).endsWith("in");
  }
}
