package dev.millrace.engine.source;

import dev.millrace.engine.PartitionKey;
import dev.millrace.engine.Waits;
import dev.millrace.engine.source.InFlight.Ticket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.connect.source.SourceRecord;

/** The records of a task without an answer yet, and the positions that are safe. Thread-safe. */
final class Outstanding {
  private static final int MOST = 100_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final InFlight<PartitionKey, Position> inFlight = new InFlight<>(MOST);
  private final Waits waits;
  private int unanswered;

  /** How many answers there were, and how many when {@link #stalled} looked. */
  private long answers;

  private long answersSeen;
  private long seenMs;

  /** Of the record before; owned by the thread that registers. */
  private PartitionKey latest = PartitionKey.of(null);

  Outstanding(Waits waits) {
    this.waits = waits;
  }

  /** A record that is about to be sent; null when there is no room for it. */
  Ticket<PartitionKey, Position> register(SourceRecord polled) {
    Position position = Position.of(polled);
    latest = position.key(latest);
    lock.lock();
    try {
      if (inFlight.full()) {
        return null;
      }
      asked();
      return inFlight.add(latest, position);
    } finally {
      lock.unlock();
    }
  }

  /** A record that is left out once its report is safe; null when there is no room for it. */
  Ticket<PartitionKey, Position> hold(SourceRecord polled) {
    Position position = Position.of(polled);
    latest = position.key(latest);
    lock.lock();
    try {
      if (inFlight.full()) {
        return null;
      }
      asked();
      return inFlight.hold(latest, position);
    } finally {
      lock.unlock();
    }
  }

  private void asked() {
    if (unanswered++ == 0) {
      seen();
    }
  }

  private void seen() {
    answersSeen = answers;
    seenMs = waits.nowMs();
  }

  /** Whether it was the last one that was missing. */
  private boolean answered() {
    answers++;
    return --unanswered == 0;
  }

  /** Whether there are records without an answer and none came for so long; to be asked often. */
  boolean stalled(Duration time) {
    lock.lock();
    try {
      if (unanswered == 0 || answers != answersSeen) {
        seen();
      }
      return waits.nowMs() - seenMs > time.toMillis();
    } finally {
      lock.unlock();
    }
  }

  /** It was not sent after all. */
  void withdraw(Ticket<PartitionKey, Position> ticket) {
    lock.lock();
    try {
      unanswered--;
      inFlight.withdraw(ticket);
    } finally {
      lock.unlock();
    }
  }

  /**
   * It is durable, or done with for another reason. Returns whether somebody may wait for that: for
   * room, or for the last one.
   */
  boolean done(Ticket<PartitionKey, Position> ticket) {
    lock.lock();
    try {
      boolean awaited = inFlight.full();
      inFlight.acked(ticket);
      return answered() || awaited;
    } finally {
      lock.unlock();
    }
  }

  /** It is answered, and holds back its partition for ever. */
  void failed() {
    lock.lock();
    try {
      var unused = answered();
    } finally {
      lock.unlock();
    }
  }

  /** See {@link InFlight#batchOver}. */
  void batchOver(Set<Position> unsent) {
    lock.lock();
    try {
      inFlight.batchOver(unsent);
    } finally {
      lock.unlock();
    }
  }

  /** What has become safe since the last call. */
  Map<PartitionKey, Position> takeCommittable() {
    lock.lock();
    try {
      return inFlight.takeCommittable();
    } finally {
      lock.unlock();
    }
  }

  boolean full() {
    lock.lock();
    try {
      return inFlight.full();
    } finally {
      lock.unlock();
    }
  }

  boolean none() {
    lock.lock();
    try {
      return unanswered == 0;
    } finally {
      lock.unlock();
    }
  }
}
