package dev.millrace.engine.source;

import static dev.millrace.engine.source.SourceRig.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Counters.Cause;
import dev.millrace.model.Waiting;
import dev.millrace.model.errors.Tolerance;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Records that are converted and sent while the task polls for the next ones. */
class SourceOverlapTest {
  private static final int ALL = 100;
  private final SteppedHelper helper = new SteppedHelper();
  private final SourceRig rig = rig();

  private SourceRig rig() {
    SourceRig made = new SourceRig();
    made.overlap = new Overlap(helper, new Always());
    made.waits.onWait = helper::step;
    return made;
  }

  private static final class Always implements Overlap.Choice {
    @Override
    public void sent(long pollNanos, long sendNanos) {
      // nothing follows from it
    }

    @Override
    public boolean wanted() {
      return true;
    }
  }

  /** What happens while the task is inside its next poll, which then gives these records. */
  private SourceRig during(Runnable poll, SourceRecord... records) {
    Callable<List<SourceRecord>> polled =
        () -> {
          poll.run();
          return List.of(records);
        };
    rig.polls.add(polled);
    return rig;
  }

  private static void refuse(SourceRecord record, int number) {
    if (record.value().equals(Integer.toString(number))) {
      throw new DataException("not " + number);
    }
  }

  @DisplayName("§4.26 Records are sent while the task is inside its next poll")
  @Test
  void recordsAreSentBesideTheNextPoll() {
    rig.start().poll(record(0, 1), record(0, 2));
    assertThat(rig.written()).isEmpty();
    during(
            () -> {
              helper.steps(ALL);
              rig.process.landAll();
              assertThat(rig.written()).containsExactly("1", "2");
              rig.commit().process.landAll();
              assertThat(rig.offsets()).containsEntry("0", 2L);
            },
            record(0, 3))
        .steps(1)
        .stop();
    assertThat(rig.written()).containsExactly("1", "2", "3");
    assertThat(rig.offsets()).containsEntry("0", 3L);
  }

  @DisplayName("§4.26 At most the records of two polls are held, and they keep their order")
  @Test
  void thePollAfterTheNextWaitsUntilTheFirstIsSent() {
    rig.start().poll(record(0, 1)).poll(record(0, 2));
    rig.process.landAll();
    assertThat(rig.written()).as("before the second was taken over").containsExactly("1");
    assertThat(helper.asked).isEqualTo(2);
    rig.poll(record(0, 3)).stop();
    assertThat(rig.written()).containsExactly("1", "2", "3");
  }

  @DisplayName("§4.27 A record that fails the task lets nothing behind it be sent")
  @Test
  void aFailureComesWhenThePollReturns() {
    rig.transformation =
        record -> {
          refuse(record, 2);
          return record;
        };
    rig.start().poll(record(0, 1), record(0, 2), record(0, 3));
    String[] shown = new String[1];
    during(
        () -> {
          helper.steps(ALL);
          rig.process.landAll();
          rig.waits.advance(1_000);
          shown[0] = rig.counters.waiting().map(Waiting::what).orElse("nothing");
          assertThat(rig.counters.cause()).contains(Cause.PLUGIN);
        },
        record(0, 4));
    assertThat(rig.failure()).hasRootCauseMessage("not 2");
    assertThat(shown[0]).contains("to return from its poll", "Tolerance exceeded");
    assertThat(rig.written()).containsExactly("1");
    assertThat(rig.offsets()).containsEntry("0", 1L);
    assertThat(rig.calls)
        .containsExactly("start", "poll", "poll", "commitRecord 1 t", "commit", "stop");
    assertThat(rig.counters.waiting()).isEmpty();
  }

  @DisplayName("§4.27 A poll that fails the task lets what was polled before be sent")
  @Test
  void aPollThatFailsWaitsForTheSending() {
    rig.start().poll(record(0, 1), record(0, 2));
    during(
        () -> {
          throw new DataException("the source broke");
        });
    assertThat(rig.failure()).hasMessage("the source broke");
    assertThat(rig.written()).containsExactly("1", "2");
    assertThat(rig.offsets()).containsEntry("0", 2L);
  }

  @Test
  void bothFailuresAreTold() {
    rig.transformation =
        record -> {
          refuse(record, 1);
          return record;
        };
    rig.start().poll(record(0, 1));
    during(
        () -> {
          throw new IllegalStateException("the source broke");
        });
    Throwable failure = rig.failure();
    assertThat(failure).hasMessage("the source broke");
    assertThat(failure.getSuppressed()).hasSize(1);
    assertThat(failure.getSuppressed()[0]).hasRootCauseMessage("not 1");
    assertThat(rig.offsets()).isEmpty();
  }

  @DisplayName("§4.2 §4.26 A stop during a poll comes when both polls have been sent")
  @Test
  void aStopDuringAPollSendsBoth() {
    rig.start().poll(record(0, 1));
    during(() -> rig.runner.stop(), record(0, 2)).steps(1);
    assertThat(helper.busy()).isFalse();
    rig.stop();
    assertThat(rig.written()).containsExactly("1", "2");
    assertThat(rig.offsets()).containsEntry("0", 2L);
    assertThat(rig.calls).endsWith("commit", "stop");
  }

  @Test
  void aPauseComesWhenTheSendingIsOver() {
    rig.start().poll(record(0, 1));
    rig.runner.pause();
    rig.steps(1);
    assertThat(helper.busy()).isFalse();
    assertThat(rig.listener.reports).endsWith("paused");
    rig.process.landAll();
    assertThat(rig.written()).containsExactly("1");
    rig.runner.resume();
    rig.steps(1).poll(record(0, 2)).stop();
    assertThat(rig.written()).containsExactly("1", "2");
  }

  @DisplayName("§4.7 §4.26 What cannot be sent for the moment is tried again beside the poll")
  @Test
  void aRecordIsTriedAgainBesideThePoll() {
    int[] attempts = new int[1];
    rig.topics =
        topic -> {
          if (attempts[0]++ < 3) {
            throw new RetriableException("no leader yet");
          }
        };
    rig.start().poll(record(0, 1));
    during(() -> helper.steps(ALL), record(0, 2)).steps(1).stop();
    assertThat(attempts[0]).isEqualTo(4);
    assertThat(rig.written()).containsExactly("1", "2");
  }

  @Test
  void aPauseTakesOverWhatCannotBeSentAndFinishesIt() {
    boolean[] ready = new boolean[1];
    rig.topics =
        topic -> {
          if (!ready[0]) {
            throw new RetriableException("no leader yet");
          }
        };
    rig.start().poll(record(0, 1));
    during(() -> rig.runner.pause(), record(0, 2)).steps(2);
    assertThat(helper.busy()).isFalse();
    assertThat(rig.listener.reports).endsWith("paused");
    ready[0] = true;
    rig.steps(1).stop();
    assertThat(rig.written()).containsExactly("1", "2");
    assertThat(rig.offsets()).containsEntry("0", 2L);
  }

  @Test
  void aStopLeavesWhatCannotBeSentAndAllBehindIt() {
    rig.topics =
        topic -> {
          throw new RetriableException("no leader yet");
        };
    rig.start().poll(record(0, 1));
    during(() -> rig.runner.stop(), record(0, 2)).steps(1).stop();
    assertThat(rig.written()).isEmpty();
    assertThat(rig.offsets()).isEmpty();
  }

  @DisplayName("§4.17 §4.26 A task that is cancelled ends without sending the rest")
  @Test
  void aCancelEndsTheSending() {
    rig.start().poll(record(0, 1), record(0, 2));
    during(
        () -> {
          helper.step();
          rig.runner.cancel();
        },
        record(0, 3));
    for (int i = 0; i < 3 && rig.runner.step(); i++) {
      // until it is over
    }
    assertThat(rig.runner.step()).isFalse();
    assertThat(rig.listener.reports).containsExactly("started");
    assertThat(rig.written()).doesNotContain("2", "3");
    assertThat(rig.offsets()).isEmpty();
  }

  @DisplayName("§4.22 §4.26 Dead letters are as without overlap")
  @Test
  void lettersAreWritten() {
    rig.letters = true;
    rig.tolerance = Tolerance.ALL;
    rig.transformation =
        record -> {
          refuse(record, 2);
          return record;
        };
    rig.start().poll(record(0, 1), record(0, 2)).poll(record(0, 3)).steps(1).stop();
    assertThat(rig.written()).containsExactly("1", "3");
    assertThat(rig.kafka.values(SourceRig.LETTERS)).containsExactly("2");
    assertThat(rig.offsets()).containsEntry("0", 3L);
  }

  @DisplayName("§5.17 With exactly-once nothing overlaps")
  @Test
  void nothingOverlapsInTransactions() {
    List<TransactionBoundary> boundaries =
        List.of(
            TransactionBoundary.POLL,
            new TransactionBoundary.Interval(SourceRig.INTERVAL),
            new TransactionBoundary.Connector());
    for (TransactionBoundary boundary : boundaries) {
      SourceRig exact = rig().exactlyOnce(boundary).start();
      exact.poll(record(0, 1)).poll(record(0, 2)).stop();
    }
    assertThat(helper.asked).isZero();
  }

  @Test
  void overlappingIsChosenWhenBothTakeTimeAndNeitherIsAllOfIt() {
    assertThat(chosen(500_000, 500_000)).isTrue();
    assertThat(chosen(50_000, 5_000_000)).as("a poll that takes no time").isFalse();
    assertThat(chosen(5_000_000, 50_000)).as("hardly anything to send").isFalse();
    assertThat(chosen(50_000_000, 500_000)).as("a gain of a hundredth").isFalse();
    assertThat(chosen(5_000_000, 500_000)).as("a gain of a tenth").isTrue();
  }

  @Test
  void overlappingEndsWhenItPaysNoMore() {
    Overlap.Choice choice = Overlap.whenItPays(helper).choice();
    assertThat(choice.wanted()).as("nothing is known").isFalse();
    sent(choice, 1_000_000, 1_000_000);
    assertThat(choice.wanted()).isTrue();
    sent(choice, 1_000_000, 20_000);
    assertThat(choice.wanted()).isFalse();
  }

  @Test
  void aSinglePollThatHadToWaitForAProcessorChangesNothing() {
    Overlap.Choice choice = Overlap.whenItPays(helper).choice();
    sent(choice, 50_000, 1_000_000);
    choice.sent(20_000_000, 1_000_000);
    assertThat(choice.wanted()).isFalse();
  }

  private boolean chosen(long pollNanos, long sendNanos) {
    Overlap.Choice choice = Overlap.whenItPays(helper).choice();
    sent(choice, pollNanos, sendNanos);
    return choice.wanted();
  }

  private static void sent(Overlap.Choice choice, long pollNanos, long sendNanos) {
    for (int i = 0; i < 40; i++) {
      choice.sent(pollNanos, sendNanos);
    }
  }
}
