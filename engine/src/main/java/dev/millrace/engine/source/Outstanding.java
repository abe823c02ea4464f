package dev.millrace.engine.source;

import dev.millrace.engine.PartitionKey;
import dev.millrace.engine.Waits;
import dev.millrace.engine.source.InFlight.Ticket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * The records of a task without an answer yet, and the positions that are safe. Thread-safe.
 * Answers are put aside without the lock, so that the producer's thread and the task's do not pass
 * it to and fro at each record; whoever needs to know what they mean takes them in.
 */
final class Outstanding {
  private static final int MOST = 100_000;

  /** Answers are taken in at least once for so many records. */
  private static final int TAKEN_IN_EVERY = 1_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final InFlight<PartitionKey, Position> inFlight = new InFlight<>(MOST);
  private final Waits waits;

  /** The latest answer that has not been taken in, and those before it by {@link Sent#before}. */
  private final AtomicReference<Sent> aside = new AtomicReference<>();

  /** Whether somebody waits for answers. */
  private volatile boolean awaited;

  private int unanswered;
  private int untilTakenIn = TAKEN_IN_EVERY;

  /** How many answers there were, and how many when {@link #stalled} looked. */
  private long answers;

  private long answersSeen;
  private long seenMs;

  /** Of the record before; owned by the thread that registers. */
  private PartitionKey latest = PartitionKey.of(null);

  Outstanding(Waits waits) {
    this.waits = waits;
  }

  /** A record on its way, or left out with a report on its way. */
  static final class Sent {
    private final Ticket<PartitionKey, Position> ticket;

    /** Null once it is answered, so that memory is given back; owned by whoever answers. */
    private SourceRecord polled;

    /** Owned by whoever answers, until it is put aside; then by the lock. */
    private Sent before;

    private boolean answered;

    private Sent(SourceRecord polled, Ticket<PartitionKey, Position> ticket) {
      this.polled = polled;
      this.ticket = ticket;
    }

    SourceRecord polled() {
      return polled;
    }
  }

  /** A record that is about to be sent; null when there is no room for it. */
  Sent register(SourceRecord polled) {
    return register(polled, true);
  }

  /** A record that is left out once its report is safe; null when there is no room for it. */
  Sent hold(SourceRecord polled) {
    return register(polled, false);
  }

  private Sent register(SourceRecord polled, boolean toSend) {
    Position position = Position.of(polled);
    PartitionKey key = position.key(latest);
    if (!key.equals(latest)) {
      latest = key;
    }
    lock.lock();
    try {
      if (--untilTakenIn <= 0 || inFlight.full()) {
        takeIn();
      }
      if (inFlight.full()) {
        return null;
      }
      asked();
      return new Sent(polled, toSend ? inFlight.add(key, position) : inFlight.hold(key, position));
    } finally {
      lock.unlock();
    }
  }

  private void takeIn() {
    untilTakenIn = TAKEN_IN_EVERY;
    Sent next = aside.get() == null ? null : aside.getAndSet(null);
    while (next != null) {
      inFlight.acked(next.ticket);
      answered();
      Sent before = next.before;
      next.before = null;
      next = before;
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

  private void answered() {
    answers++;
    unanswered--;
  }

  /** Whether there are records without an answer and none came for so long; to be asked often. */
  boolean stalled(Duration time) {
    lock.lock();
    try {
      takeIn();
      if (unanswered == 0 || answers != answersSeen) {
        seen();
      }
      return waits.nowMs() - seenMs > time.toMillis();
    } finally {
      lock.unlock();
    }
  }

  /** It was not sent after all. */
  void withdraw(Sent sent) {
    lock.lock();
    try {
      unanswered--;
      inFlight.withdraw(sent.ticket);
    } finally {
      lock.unlock();
    }
  }

  /**
   * It is durable, or done with for another reason. Returns whether somebody waits for answers.
   * Takes no lock.
   */
  boolean done(Sent sent) {
    if (!sent.answered) {
      sent.answered = true;
      putAside(sent);
    }
    return awaited;
  }

  private void putAside(Sent sent) {
    sent.polled = null;
    Sent before;
    do {
      before = aside.get();
      sent.before = before;
    } while (!aside.compareAndSet(before, sent));
  }

  /** It is answered, and holds back its partition for ever. */
  void failed(Sent sent) {
    if (!sent.answered) {
      sent.answered = true;
      lock.lock();
      try {
        answered();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Waits until answers have made the condition true, or something else has. */
  boolean await(BooleanSupplier condition, Duration atMost) {
    awaited = true; // before the condition is looked at: an answer that comes behind that wakes
    try {
      return waits.await(condition, atMost);
    } finally {
      awaited = false;
    }
  }

  /** See {@link InFlight#batchOver}. */
  void batchOver(Set<Position> unsent) {
    lock.lock();
    try {
      takeIn();
      inFlight.batchOver(unsent);
    } finally {
      lock.unlock();
    }
  }

  /** What has become safe since the last call. */
  Map<PartitionKey, Position> takeCommittable() {
    lock.lock();
    try {
      takeIn();
      return inFlight.takeCommittable();
    } finally {
      lock.unlock();
    }
  }

  boolean full() {
    lock.lock();
    try {
      takeIn();
      return inFlight.full();
    } finally {
      lock.unlock();
    }
  }

  boolean none() {
    lock.lock();
    try {
      takeIn();
      return unanswered == 0;
    } finally {
      lock.unlock();
    }
  }
}
