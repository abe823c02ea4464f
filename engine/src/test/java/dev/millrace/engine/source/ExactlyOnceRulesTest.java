package dev.millrace.engine.source;

import static dev.millrace.engine.source.SourceRig.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Sample;
import dev.millrace.model.errors.Tolerance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of section 5 of docs/semantics.md, exactly once. */
class ExactlyOnceRulesTest {
  private static final TransactionBoundary OWN = new TransactionBoundary.Connector();
  private static final TransactionBoundary INTERVAL =
      new TransactionBoundary.Interval(Duration.ofSeconds(10));

  private final SourceRig rig = new SourceRig().exactlyOnce(TransactionBoundary.POLL);

  @Test
  @DisplayName("§5.1 the predecessor is shut out before the task starts and reads its offsets")
  void fencesFirst() {
    rig.start();
    assertThat(rig.calls).containsExactly("fenced", "start");
    assertThat(rig.kafka.fenced("id", 1)).isFalse();
    rig.kafka.init("id");
    rig.polls.add(() -> List.of(record(0, 1)));
    assertThat(rig.failure()).isInstanceOf(RuntimeException.class);
    assertThat(rig.written()).isEmpty();
    assertThat(rig.offsets()).isEmpty();
  }

  @Test
  @DisplayName("§5.2 a transaction is begun at its first record, so that a task at rest has none")
  void lazily() {
    rig.start().steps(2).commit();
    rig.kafka.init("id"); // a fenced producer fails as soon as it begins a transaction
    rig.steps(2);
    assertThat(rig.listener.errors).isEmpty();
  }

  @Test
  @DisplayName("§5.3 with boundary poll every poll is a transaction; an empty one is only told")
  void poll() {
    rig.start().poll(record(0, 1), record(0, 2));
    assertThat(rig.written()).containsExactly("1", "2");
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 2L));
    assertThat(rig.latest).containsEntry(Sample.TRANSACTION_RECORDS, 2L);
    rig.steps(1);
    assertThat(rig.calls)
        .containsExactly(
            "fenced", "start", "poll", "commitRecord 1 t", "commitRecord 2 t", "commit", "commit");
  }

  @Test
  @DisplayName("§5.4 with boundary interval a transaction ends with the first poll after its time")
  void interval() {
    SourceRig own = new SourceRig().exactlyOnce(INTERVAL).start().poll(record(0, 1));
    assertThat(own.written()).isEmpty();
    own.waits.advance(10_000);
    own.poll(record(0, 2));
    assertThat(own.written()).containsExactly("1", "2");
    own.poll(record(0, 3));
    assertThat(own.written()).containsExactly("1", "2");
    assertThat(own.offsets()).isEqualTo(Map.of("0", 2L));
  }

  @Test
  @DisplayName("§5.5 with boundary connector the task says when, after a batch or after a record")
  void connector() {
    SourceRig own = new SourceRig().exactlyOnce(OWN).start();
    own.poll(record(0, 1));
    assertThat(own.written()).isEmpty();
    own.polls.add(
        () -> {
          own.transactions.commitTransaction(record(0, 2)); // equal is enough
          return List.of(record(0, 2), record(0, 3));
        });
    own.steps(1);
    assertThat(own.written()).containsExactly("1", "2");
    assertThat(own.offsets()).isEqualTo(Map.of("0", 2L));
    own.polls.add(
        () -> {
          own.transactions.commitTransaction();
          return null;
        });
    own.steps(1);
    assertThat(own.written()).containsExactly("1", "2", "3");
  }

  @Test
  @DisplayName("§5.5 with the other boundaries the task has no TransactionContext")
  void noContext() {
    rig.start();
    assertThat(rig.transactions).isNull();
    SourceRig other = new SourceRig().exactlyOnce(INTERVAL).start();
    assertThat(other.transactions).isNull();
  }

  @Test
  @DisplayName("§5.6 after an abort the records are gone, but their offsets are committed")
  void abort() {
    SourceRig own = new SourceRig().exactlyOnce(OWN).start();
    own.process.landing = false;
    own.polls.add(
        () -> {
          own.transactions.abortTransaction(record(0, 2));
          own.transactions.commitTransaction();
          return List.of(record(0, 1), record(0, 2), record(0, 3));
        });
    own.steps(1);
    assertThat(own.written()).containsExactly("3");
    assertThat(own.offsets()).isEqualTo(Map.of("0", 3L));
    assertThat(own.kafka.values(SimulatedProcess.OFFSETS)).containsExactly("2", "3");
    assertThat(own.calls)
        .containsSubsequence(
            "commitRecord 1 left out",
            "commitRecord 2 left out",
            "commit",
            "commitRecord 3 t",
            "commit");
    own.polls.add(
        () -> {
          own.transactions.abortTransaction();
          return List.of(record(0, 4));
        });
    own.steps(1).stop();
    assertThat(own.written()).containsExactly("3");
    assertThat(own.offsets()).isEqualTo(Map.of("0", 4L));
  }

  @Test
  @DisplayName("§5.6 an abort of nothing is ignored")
  void abortOfNothing() {
    SourceRig own = new SourceRig().exactlyOnce(OWN).start();
    own.polls.add(
        () -> {
          own.transactions.abortTransaction();
          return null;
        });
    own.steps(1).poll(record(0, 1));
    own.transactions.commitTransaction();
    own.steps(1).stop();
    assertThat(own.written()).containsExactly("1");
  }

  @Test
  @DisplayName("§5.7 commit and abort of the same record or batch fail the task")
  void contradiction() {
    SourceRig batch = new SourceRig().exactlyOnce(OWN).start();
    batch.transactions.commitTransaction();
    batch.transactions.abortTransaction();
    assertThat(batch.failure()).isInstanceOf(IllegalStateException.class);
    SourceRig one = new SourceRig().exactlyOnce(OWN).start();
    one.transactions.commitTransaction(record(0, 1));
    one.transactions.abortTransaction(record(0, 1));
    one.polls.add(() -> List.of(record(0, 1)));
    assertThat(one.failure()).isInstanceOf(IllegalStateException.class);
    assertThat(one.written()).isEmpty();
  }

  @Test
  @DisplayName("§5.8 a pause and a normal end commit what is open")
  void commitsAtRest() {
    SourceRig own = new SourceRig().exactlyOnce(INTERVAL).start().poll(record(0, 1));
    own.runner.pause();
    own.steps(1);
    assertThat(own.written()).containsExactly("1");
    own.runner.resume();
    own.steps(1).poll(record(0, 2)).stop();
    assertThat(own.written()).containsExactly("1", "2");
    assertThat(own.offsets()).isEqualTo(Map.of("0", 2L));
  }

  @Test
  @DisplayName("§5.8 with boundary connector they do so only if the task has asked for it")
  void commitsAtRestIfAsked() {
    SourceRig own = new SourceRig().exactlyOnce(OWN).start().poll(record(0, 1));
    own.runner.pause();
    own.steps(1);
    assertThat(own.written()).isEmpty();
    own.stop();
    assertThat(own.written()).isEmpty();
    SourceRig asking = new SourceRig().exactlyOnce(OWN).start().poll(record(0, 1));
    asking.transactions.commitTransaction();
    asking.stop();
    assertThat(asking.written()).containsExactly("1");
  }

  @Test
  @DisplayName("§5.8 a failing task commits nothing more")
  void failsWithoutCommit() {
    SourceRig own = new SourceRig().exactlyOnce(INTERVAL).start().poll(record(0, 1));
    own.polls.add(
        () -> {
          throw new IllegalStateException("broken");
        });
    assertThat(own.failure()).hasMessage("broken");
    assertThat(own.written()).isEmpty();
    assertThat(own.offsets()).isEmpty();
  }

  @Test
  @DisplayName("§5.9 the task hears of its records after their transaction, then of the commit")
  void hearsLater() {
    SourceRig own = new SourceRig().exactlyOnce(INTERVAL).start().poll(record(0, 1));
    own.process.landAll();
    assertThat(own.calls).doesNotContain("commitRecord 1 t", "commit");
    own.stop();
    assertThat(own.calls).endsWith("commitRecord 1 t", "commit", "stop");
  }

  @Test
  @DisplayName("§5.10 dropped records are told at the commit and leave no offset")
  void dropped() {
    rig.transformation = record -> record.value().equals("2") ? null : record;
    rig.start().poll(record(0, 1), record(1, 2));
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 1L));
    assertThat(rig.calls).endsWith("commitRecord 1 t", "commitRecord 2 left out", "commit");
  }

  @Test
  @DisplayName("§5.11 an error of the producer fails the task, even under tolerance all")
  void produceErrors() {
    SourceRig own = new SourceRig().exactlyOnce(INTERVAL);
    own.tolerance = Tolerance.ALL;
    own.process.landing = false;
    own.start().poll(record(0, 1));
    refuse(own, new TopicAuthorizationException("no"));
    assertThat(own.failure())
        .isInstanceOf(ConnectException.class)
        .hasMessageStartingWith("Failed to flush offsets and/or records for task c-0")
        .hasCauseInstanceOf(TopicAuthorizationException.class);
    assertThat(own.offsets()).isEmpty();
  }

  private static void refuse(SourceRig own, RuntimeException error) {
    own.process.producers().getFirst().refuse(record -> true, error);
  }

  @Test
  @DisplayName("§5.11 an expired transaction is explained")
  void expired() {
    SourceRig own = new SourceRig().exactlyOnce(INTERVAL);
    own.process.landing = false;
    own.start().poll(record(0, 1));
    refuse(own, new InvalidProducerEpochException("expired"));
    assertThat(own.failure())
        .hasMessageContaining("transaction.timeout.ms")
        .hasMessageContaining("has expired");
  }

  @Test
  @DisplayName("§5.12 a task may not write to the topic of its own offsets")
  void ownOffsetTopic() {
    rig.tolerance = Tolerance.ALL;
    rig.transformation = ExactlyOnceRulesTest::toOffsets;
    rig.start();
    rig.polls.add(() -> List.of(record(0, 1)));
    assertThat(rig.failure()).hasMessageContaining("may not write to 'offsets'");
  }

  private static SourceRecord toOffsets(SourceRecord record) {
    return record.newRecord(
        SimulatedProcess.OFFSETS, 0, null, null, record.valueSchema(), record.value(), null);
  }

  @Test
  @DisplayName("§5.13 offset.flush.interval.ms has no meaning, offsets travel with the records")
  void noPeriodicCommits() {
    SourceRig own = new SourceRig().exactlyOnce(OWN).start().poll(record(0, 1)).commit();
    own.steps(1);
    assertThat(own.offsets()).isEmpty();
    assertThat(own.calls).doesNotContain("commit");
  }

  @Test
  @DisplayName("§5.14 the transaction waits for the letters of the records it passes over")
  void lettersFirst() {
    rig.tolerance = Tolerance.ALL;
    rig.letters = true;
    rig.transformation =
        record -> {
          if (record.value().equals("2")) {
            throw new DataException("no twos");
          }
          return record;
        };
    rig.kafka.changed =
        () -> {
          if (!rig.offsets().isEmpty()) {
            assertThat(rig.kafka.values("dlq")).containsExactly("2");
          }
        };
    rig.start().poll(record(0, 1), record(0, 2), record(0, 3));
    assertThat(rig.written()).containsExactly("1", "3");
    assertThat(rig.kafka.values("dlq")).containsExactly("2");
    assertThat(rig.calls).contains("commitRecord 2 left out");
  }

  @Test
  @DisplayName("§5.14 a letter that cannot be written fails the task and its transaction")
  void letterFails() {
    SourceRig own = new SourceRig().exactlyOnce(INTERVAL);
    own.tolerance = Tolerance.ALL;
    own.letters = true;
    own.process.landing = false;
    own.transformation =
        record -> {
          throw new DataException("no");
        };
    own.start().poll(record(0, 1));
    own.process.producers().getLast().refuse(record -> true, new TopicAuthorizationException("no"));
    own.waits.advance(10_000);
    assertThat(own.failure()).hasMessageContaining("dead letter queue 'dlq'");
    assertThat(own.offsets()).isEmpty();
  }

  @Test
  @DisplayName("§5.15 the producer of an idle task is kept")
  void keepsProducer() {
    rig.start().poll(record(0, 1));
    rig.waits.advance(Duration.ofDays(1).toMillis());
    rig.runner.tick();
    rig.poll(record(0, 2)).stop();
    assertThat(rig.process.producers()).hasSize(1);
  }
}
