package dev.millrace.engine.sink;

import static dev.millrace.engine.sink.SinkBench.P0;
import static dev.millrace.engine.sink.SinkBench.P1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Count;
import dev.millrace.engine.Environment;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.Reporters;
import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Tolerance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When and what a sink commits. */
class SinkCommitTest {
  private final SinkBench bench = new SinkBench();

  private long committed(TopicPartition partition) {
    return bench.group.committed().getOrDefault(partition, 0L);
  }

  private long preCommits() {
    return bench.task.calls.stream().filter(call -> call.startsWith("preCommit")).count();
  }

  @Test
  @DisplayName("§6.4 §6.7 What was put is committed when the interval has passed, not before")
  void commitsByInterval() {
    bench.send(P0, "a", "b").begin().steps(15);
    assertThat(bench.task.values).containsExactly("a", "b");
    assertThat(bench.group.committed()).isEmpty();
    bench.steps(15);
    assertThat(bench.group.committed()).isEqualTo(Map.of(P0, 2L, P1, 0L));
  }

  @Test
  @DisplayName("§6.7 A commit the task asks for comes before the next poll")
  void commitsOnRequest() {
    bench.task.onPut = batch -> bench.task.context().requestCommit();
    bench.send(P0, "a").begin().steps(2);
    assertThat(committed(P0)).isEqualTo(1);
  }

  @Test
  @DisplayName(
      "§6.8 Offsets wait for the reports of their partition, those the task made itself too")
  void waitsForReports() {
    bench.tolerance = Tolerance.ALL;
    bench.reported = new CompletableFuture<>();
    bench.task.onPut =
        batch ->
            batch.forEach(
                record -> {
                  var unused =
                      bench
                          .task
                          .context()
                          .errantRecordReporter()
                          .report(record, new IllegalStateException("refused"));
                });
    bench.send(P0, "a").begin().steps(60);
    assertThat(bench.reports).hasSize(1);
    assertThat(bench.group.committed()).isEmpty();
    bench.reported.complete(null);
    bench.until(() -> committed(P0) == 1);
  }

  @Test
  @DisplayName("§6.28 A dead letter that cannot be written does not hold offsets back")
  void goesOnWithoutTheDeadLetter() {
    bench.tolerance = Tolerance.ALL;
    MockProducer<byte[], byte[]> producer =
        new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    ErrorSettings settings =
        new ErrorSettings(
            Duration.ZERO,
            Duration.ZERO,
            Tolerance.ALL,
            false,
            false,
            new DeadLetterSettings("letters", (short) 1, false));
    bench.reporters =
        () ->
            Reporters.forSink(
                settings,
                new Environment(
                    bench.waits,
                    bench.listener,
                    bench.counters,
                    Pipelines::noMetrics,
                    text -> text),
                Pipelines.queue(() -> producer, topic -> {}));
    bench.bisect = true;
    bench.task.onPut =
        batch -> {
          if (batch.stream().anyMatch(record -> record.value().equals("bad"))) {
            throw new IllegalArgumentException("refused");
          }
        };
    bench.send(P0, "bad", "a").begin().steps(60);
    assertThat(bench.group.committed()).isEmpty();
    assertThat(producer.errorNext(new RecordTooLargeException("too large"))).isTrue();
    bench.until(() -> committed(P0) == 2);
    assertThat(bench.counters.get(Count.DEAD_LETTER_FAILURES)).isEqualTo(1);
  }

  @Test
  @DisplayName("§6.9 preCommit gets a copy of what was put of the assigned partitions")
  void preparesWithACopy() {
    List<Map<TopicPartition, OffsetAndMetadata>> seen = new ArrayList<>();
    bench.task.onPreCommit =
        offsets -> {
          seen.add(new HashMap<>(offsets));
          offsets.clear();
          return Map.of();
        };
    bench.send(P0, "a").begin().steps(60);
    assertThat(seen.getFirst().get(P0).offset()).isEqualTo(1);
    assertThat(seen.getLast()).isEqualTo(seen.getFirst()).containsKey(P1);
  }

  @Test
  @DisplayName("§6.9 preCommit is not called without partitions")
  void preparesNothingWithoutPartitions() {
    bench.topics = new Topics.Named(List.of("elsewhere"));
    bench.begin().steps(60);
    bench.stop();
    assertThat(bench.task.calls).noneMatch(call -> call.startsWith("preCommit"));
    assertThat(bench.task.life()).containsExactly("initialize", "start", "stop");
  }

  @Test
  @DisplayName("§6.10 When preCommit fails, reading goes on from the last commit")
  void rewindsAfterAFailedPreparation() {
    bench.send(P0, "a").begin();
    bench.until(() -> committed(P0) == 1);
    boolean[] failed = {false};
    bench.task.onPreCommit =
        offsets -> {
          if (!failed[0]) {
            failed[0] = true;
            throw new IllegalStateException("cannot flush");
          }
          return offsets;
        };
    bench.send(P0, "b", "c");
    bench.until(() -> committed(P0) == 3);
    assertThat(bench.task.values).containsExactly("a", "b", "c", "b", "c");
    assertThat(bench.counters.get(Count.COMMIT_FAILURES)).isEqualTo(1);
  }

  @Test
  @DisplayName("§6.11 A task that answers with nothing keeps its offsets itself")
  void commitsNothingForAnEmptyAnswer() {
    bench.task.onPreCommit = offsets -> Map.of();
    bench.send(P0, "a").begin().steps(60);
    bench.stop();
    assertThat(preCommits()).isGreaterThan(1);
    assertThat(bench.group.committed()).isEmpty();
  }

  @Test
  @DisplayName("§6.12 Of the answer counts what is assigned and not beyond what was put")
  void ignoresUnusableOffsets() {
    TopicPartition foreign = new TopicPartition("elsewhere", 0);
    bench.task.onPreCommit =
        offsets ->
            Map.of(
                P0, new OffsetAndMetadata(1),
                P1, new OffsetAndMetadata(99),
                foreign, new OffsetAndMetadata(1));
    bench.send(P0, "a", "b").send(P1, "c").begin().steps(60);
    assertThat(bench.group.committed()).isEqualTo(Map.of(P0, 1L, P1, 0L));
  }

  @Test
  @DisplayName("§6.13 Nothing is sent when nothing has changed since the last commit")
  void sendsOnlyChanges() {
    int[] sent = {0};
    bench.consumer.faults().commitFails(() -> sent[0]++ < 0);
    bench.send(P0, "a").begin().steps(200);
    assertThat(preCommits()).isGreaterThan(3);
    assertThat(sent[0]).isEqualTo(1);
  }

  @Test
  @DisplayName("§6.13 A commit without an answer has failed after its time, and the task goes on")
  void givesUpCommitsWithoutAnswer() {
    boolean[] silent = {true};
    bench.consumer.faults().answerWaits(() -> silent[0]);
    bench.send(P0, "a").begin().steps(60);
    assertThat(bench.counters.get(Count.COMMIT_FAILURES)).isPositive();
    bench.send(P0, "b").steps(30);
    assertThat(bench.task.values).containsExactly("a", "b");
    silent[0] = false;
    bench.steps(30);
    assertThat(bench.counters.get(Count.COMMITS_SKIPPED)).isPositive();
    assertThat(committed(P0)).isEqualTo(2);
  }

  @Test
  @DisplayName("§6.13 A commit that failed is made again")
  void repeatsFailedCommits() {
    int[] fails = {2};
    bench.consumer.faults().commitFails(() -> fails[0]-- > 0);
    bench.send(P0, "a").begin();
    bench.until(() -> committed(P0) == 1);
    assertThat(bench.counters.get(Count.COMMIT_FAILURES)).isEqualTo(2);
  }
}
