package dev.millrace.engine.source;

import dev.millrace.engine.PartitionKey;
import dev.millrace.engine.Waits;
import dev.millrace.engine.source.InFlight.Ticket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.kafka.connect.source.SourceRecord;

/** The records of a task without an answer yet, and the positions that are safe. Thread-safe. */
final class Outstanding {
  /** Who waits for room is woken when half is free, or looks himself after some time. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Waits waits;
  private final Room room = new Room();

  /** Of the record before; owned by the thread that registers. */
  private PartitionKey latest = PartitionKey.of(null);

  /** Whether somebody waits for all answers, or for room. */
  private volatile boolean lastAwaited;

  private volatile boolean roomAwaited;

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock, as what follows. */
  private final InFlight<PartitionKey, Position> inFlight = new InFlight<>(Room.MOST);

  private int unanswered;

  /** How many answers there were, and how many when {@link #stalled} looked. */
  private long answers;

  private long answersSeen;
  private long seenMs;

  Outstanding(Waits waits) {
    this.waits = waits;
  }

  /** A record was written to a partition of Kafka's: there may be room for more of them. */
  void written(String topic, int partition) {
    room.written(topic, partition);
  }

  /** A record that is about to be sent; null when there is no room for it. */
  Ticket<PartitionKey, Position> register(SourceRecord polled) {
    return register(polled, true);
  }

  /** A record that is left out once its report is safe; null when there is no room for it. */
  Ticket<PartitionKey, Position> hold(SourceRecord polled) {
    return register(polled, false);
  }

  private Ticket<PartitionKey, Position> register(SourceRecord polled, boolean toSend) {
    Position position = Position.of(polled);
    latest = position.key(latest);
    lock.lock();
    try {
      if (inFlight.size() >= room.records()) {
        return null;
      }
      if (unanswered++ == 0) {
        seen();
      }
      return toSend ? inFlight.add(latest, position) : inFlight.hold(latest, position);
    } finally {
      lock.unlock();
    }
  }

  private void seen() {
    answersSeen = answers;
    seenMs = waits.nowMs();
  }

  private void answered() {
    answers++;
    unanswered--;
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

  /** It is durable, or done with for another reason. Returns whether to wake somebody who waits. */
  boolean done(Ticket<PartitionKey, Position> ticket) {
    lock.lock();
    try {
      inFlight.acked(ticket);
      answered();
      return (lastAwaited && unanswered == 0)
          || (roomAwaited && inFlight.size() <= room.records() / 2);
    } finally {
      lock.unlock();
    }
  }

  /** It is answered, and holds back its partition for ever. */
  void failed() {
    lock.lock();
    try {
      answered();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for all answers, or for something else. */
  boolean awaitLast(BooleanSupplier orElse, Duration atMost) {
    lastAwaited = true; // before it is looked: an answer that comes behind that wakes
    try {
      return waits.await(() -> none() || orElse.getAsBoolean(), atMost);
    } finally {
      lastAwaited = false;
    }
  }

  /**
   * Waits for room, or for something else, or some time. To be woken for the room of each answer
   * would let the task run for one record at a time.
   */
  void awaitRoom(BooleanSupplier orElse) {
    roomAwaited = true;
    try {
      var unused = waits.await(() -> !full() || orElse.getAsBoolean(), LOOK);
    } finally {
      roomAwaited = false;
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

  private boolean full() {
    lock.lock();
    try {
      return inFlight.size() >= room.records();
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
