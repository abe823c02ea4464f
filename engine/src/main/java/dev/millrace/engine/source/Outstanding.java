package dev.millrace.engine.source;

import dev.millrace.engine.PartitionKey;
import dev.millrace.engine.Waits;
import dev.millrace.engine.source.InFlight.Ticket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.kafka.connect.source.SourceRecord;

/** The records of a task without an answer yet, and the positions that are safe. Thread-safe. */
final class Outstanding {
  /** Who waits for room is woken when half is free, or looks himself after some time. */
  private static final Duration LOOK = Duration.ofMillis(100);

  /** Registered records are entered so many, or so many bytes, at a time. */
  static final int AT_ONCE = 32;

  private static final int BYTES_AT_ONCE = 32_768;

  private final Waits waits;
  private final Room room;

  /** Of the record before; owned by the thread that registers. */
  private PartitionKey latest = PartitionKey.of(null);

  /**
   * Registered, but not entered yet, which needs the lock that answers need, too (decision 0230);
   * owned by the thread that registers, as what follows.
   */
  private final List<Ticket<PartitionKey, Position>> fresh = new ArrayList<>(AT_ONCE);

  private long freshBytes;

  /** Whether there was room when it was looked last. */
  private boolean hasRoom;

  /** How many are fresh, for those who look from elsewhere. */
  private final AtomicInteger freshCount = new AtomicInteger();

  /** Whether somebody waits for all answers, or for room. */
  private volatile boolean lastAwaited;

  private volatile boolean roomAwaited;

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock, as what follows. */
  private final InFlight<PartitionKey, Position> inFlight = new InFlight<>(Room.MOST + AT_ONCE);

  /** Less than none when answers came before their records were entered. */
  private int unanswered;

  /** How many answers there were, and how many when {@link #stalled} looked. */
  private long answers;

  private long answersSeen;
  private long seenMs;

  /** Nothing yet; see {@link SourceOutput#batchBytes}. */
  Outstanding(Waits waits, long batchBytes) {
    this.waits = waits;
    this.room = new Room(batchBytes);
  }

  /** A record was written to a partition of Kafka's: there may be room for more of them. */
  void written(String topic, int partition) {
    room.written(topic, partition);
  }

  /** A record that is about to be sent, with so many bytes; null when there is no room for it. */
  Ticket<PartitionKey, Position> register(SourceRecord polled, int bytes) {
    if (!hasRoom()) {
      return null;
    }
    Position position = Position.of(polled);
    latest = position.key(latest);
    freshBytes += bytes;
    return fresh(Ticket.toSend(latest, position, bytes));
  }

  /** A record that is left out once its report is safe; null when there is no room for it. */
  Ticket<PartitionKey, Position> hold(SourceRecord polled) {
    if (!hasRoom()) {
      return null;
    }
    Position position = Position.of(polled);
    latest = position.key(latest);
    return fresh(Ticket.toHold(latest, position));
  }

  private boolean hasRoom() {
    if (!hasRoom || fresh.size() >= AT_ONCE || freshBytes >= BYTES_AT_ONCE) {
      lock.lock();
      try {
        enter();
        hasRoom = room.isFor(inFlight.size(), inFlight.bytes());
      } finally {
        lock.unlock();
      }
    }
    return hasRoom;
  }

  private Ticket<PartitionKey, Position> fresh(Ticket<PartitionKey, Position> ticket) {
    fresh.add(ticket);
    freshCount.setRelease(fresh.size());
    return ticket;
  }

  /** Under the lock. */
  private void enter() {
    if (unanswered <= 0) {
      seen();
    }
    unanswered += fresh.size();
    fresh.forEach(inFlight::add);
    fresh.clear();
    freshBytes = 0;
    freshCount.set(0);
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
      if (unanswered + freshCount.get() <= 0 || answers != answersSeen) {
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
      enter();
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
          || (roomAwaited && room.isHalfFree(inFlight.size(), inFlight.bytes()));
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
      enter();
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
      return !room.isFor(inFlight.size(), inFlight.bytes());
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
