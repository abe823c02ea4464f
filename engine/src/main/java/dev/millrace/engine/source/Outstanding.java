package dev.millrace.engine.source;

import dev.millrace.engine.PartitionKey;
import dev.millrace.engine.Waits;
import dev.millrace.engine.source.InFlight.Ticket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.connect.source.SourceRecord;

/** The records of a task without an answer yet, and the positions that are safe. Thread-safe. */
final class Outstanding {
  private static final int MOST = 100_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final InFlight<PartitionKey, Position> inFlight = new InFlight<>(MOST);
  private final Waits waits;
  private int unanswered;
  private long lastAnswerMs;

  Outstanding(Waits waits) {
    this.waits = waits;
  }

  /** A record that is about to be sent. */
  Ticket<PartitionKey, Position> register(SourceRecord polled) {
    Position position = Position.of(polled);
    return locked(
        () -> {
          Ticket<PartitionKey, Position> ticket = inFlight.add(position.key(), position);
          asked();
          return ticket;
        });
  }

  /** A record that is left out once its report is safe. */
  Ticket<PartitionKey, Position> hold(SourceRecord polled) {
    Position position = Position.of(polled);
    return locked(
        () -> {
          Ticket<PartitionKey, Position> ticket = inFlight.hold(position.key(), position);
          asked();
          return ticket;
        });
  }

  private void asked() {
    if (unanswered++ == 0) {
      lastAnswerMs = waits.nowMs();
    }
  }

  private void answered() {
    unanswered--;
    lastAnswerMs = waits.nowMs();
  }

  /** Whether there are records without an answer and none was answered for so long. */
  boolean stalled(Duration time) {
    return locked(() -> unanswered > 0 && waits.nowMs() - lastAnswerMs > time.toMillis());
  }

  /** It was not sent after all. */
  void withdraw(Ticket<PartitionKey, Position> ticket) {
    run(
        () -> {
          unanswered--;
          inFlight.withdraw(ticket);
        });
  }

  /** It is durable, or done with for another reason. */
  void done(Ticket<PartitionKey, Position> ticket) {
    run(
        () -> {
          answered();
          inFlight.acked(ticket);
        });
  }

  /** It is answered, and holds back its partition for ever. */
  void failed() {
    run(this::answered);
  }

  /** See {@link InFlight#batchOver}. */
  void batchOver(Set<Position> unsent) {
    run(() -> inFlight.batchOver(unsent));
  }

  /** What has become safe since the last call. */
  Map<PartitionKey, Position> takeCommittable() {
    return locked(inFlight::takeCommittable);
  }

  boolean full() {
    return locked(inFlight::full);
  }

  boolean none() {
    return locked(() -> unanswered == 0);
  }

  private void run(Runnable change) {
    locked(
        () -> {
          change.run();
          return true;
        });
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
