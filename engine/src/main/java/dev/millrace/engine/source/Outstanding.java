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
 * The records of a task without an answer yet, and the positions that are safe. Records are
 * registered, and batches ended, by one thread at a time; all else is for any thread.
 *
 * <p>What is registered and what is answered is put aside without the lock, so that the task's
 * thread and the producer's do not pass it to and fro at each record. Whoever needs to know what it
 * means takes it in under the lock; mostly that is who answers, for some hundred records at once.
 */
final class Outstanding {
  private static final int MOST = 100_000;

  /** Who answers takes in once for so many answers. */
  private static final int TAKEN_IN_EVERY = 256;

  /** Who waits for room is woken when there is so much, or looks himself after some time. */
  private static final int ROOM = MOST / 10;

  private static final Duration LOOK = Duration.ofMillis(100);

  /** Registered records are taken in at least once for so many. */
  private static final int REGISTERED_ASIDE = 1_024;

  /** {@link #stalled} looks in such a part of the time it is asked about. */
  private static final int LOOKS = 8;

  /** Stands for the end of a batch among the records. */
  private static final Sent BATCH_OVER = new Sent(null, null, null, false);

  private final Handover<Sent> registered = new Handover<>(REGISTERED_ASIDE);

  /** Of the record before; owned by the thread that registers. */
  private PartitionKey latest = PartitionKey.of(null);

  /** The latest answer that has not been taken in, and those before it by {@link Sent#before}. */
  private final AtomicReference<Sent> answered = new AtomicReference<>();

  /** Whether somebody waits for all answers, or for room. */
  private volatile boolean lastAwaited;

  private volatile boolean roomAwaited;

  private final Waits waits;
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock, as what follows. */
  private final InFlight<PartitionKey, Position> inFlight = new InFlight<>(MOST);

  private int unanswered;

  /** How many answers there were, and how many when {@link #stalled} looked. */
  private long answers;

  private long answersSeen;

  /** Written under the lock. */
  private volatile long seenMs;

  Outstanding(Waits waits) {
    this.waits = waits;
    this.seenMs = waits.nowMs();
  }

  /** A record on its way, or left out with a report on its way. */
  static final class Sent {
    /** Null once it is answered, so that memory is given back; owned by whoever answers. */
    private SourceRecord polled;

    private final PartitionKey key;
    private final Position position;
    private final boolean toSend;

    /** Null until it is taken in; guarded by the lock. */
    private Ticket<PartitionKey, Position> ticket;

    /** Owned by whoever answers, until it is put aside; then by the lock, as what follows. */
    private Sent before;

    /** How many answers are put aside, with this one. */
    private int aside;

    private boolean answered;

    private Sent(SourceRecord polled, PartitionKey key, Position position, boolean toSend) {
      this.polled = polled;
      this.key = key;
      this.position = position;
      this.toSend = toSend;
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
    if (registered.atLimit() && !makeRoom()) {
      return null;
    }
    Position position = Position.of(polled);
    latest = position.key(latest);
    Sent sent = new Sent(polled, latest, position, toSend);
    registered.put(sent);
    return sent;
  }

  private boolean makeRoom() {
    lock.lock();
    try {
      takeIn();
      registered.allow(MOST - inFlight.size());
      return !registered.atLimit();
    } finally {
      lock.unlock();
    }
  }

  private void takeIn() {
    // answers first: what they answer has been registered before
    Sent next = answered.get() == null ? null : answered.getAndSet(null);
    registered.take(this::begun);
    while (next != null) {
      inFlight.acked(next.ticket);
      ended();
      Sent before = next.before;
      next.before = null;
      next = before;
    }
  }

  private void begun(Sent sent) {
    if (sent == BATCH_OVER) {
      inFlight.batchOver(Set.of());
      return;
    }
    sent.ticket =
        sent.toSend
            ? inFlight.add(sent.key, sent.position)
            : inFlight.hold(sent.key, sent.position);
    if (unanswered++ == 0) {
      seen();
    }
  }

  private void seen() {
    answersSeen = answers;
    seenMs = waits.nowMs();
  }

  private void ended() {
    answers++;
    unanswered--;
  }

  /** Whether there are records without an answer and none came for so long; to be asked often. */
  boolean stalled(Duration time) {
    if (waits.nowMs() - seenMs < time.toMillis() / LOOKS) {
      return false;
    }
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
      takeIn();
      unanswered--;
      inFlight.withdraw(sent.ticket);
    } finally {
      lock.unlock();
    }
  }

  /**
   * It is durable, or done with for another reason. Returns whether to wake somebody who waits.
   * Never waits for the lock.
   */
  boolean done(Sent sent) {
    boolean room = false;
    if (!sent.answered) {
      sent.answered = true;
      sent.polled = null;
      room = putAside(sent) % TAKEN_IN_EVERY == 0 && tryMakingRoom();
    }
    return lastAwaited || (room && roomAwaited);
  }

  private boolean tryMakingRoom() {
    if (!lock.tryLock()) {
      return false; // who has it takes answers in, or the next some hundred will be
    }
    try {
      takeIn();
      return inFlight.size() <= MOST - ROOM;
    } finally {
      lock.unlock();
    }
  }

  /** How many answers are put aside now. */
  private int putAside(Sent sent) {
    Sent before;
    int aside;
    do {
      before = answered.get();
      aside = before == null ? 1 : before.aside + 1;
      sent.before = before;
      sent.aside = aside;
    } while (!answered.compareAndSet(before, sent));
    return aside;
  }

  /** It is answered, and holds back its partition for ever. */
  void failed(Sent sent) {
    if (!sent.answered) {
      sent.answered = true;
      lock.lock();
      try {
        takeIn();
        ended();
      } finally {
        lock.unlock();
      }
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
   * Waits for room, or for something else, or some time. One answer gives room at once only if
   * somebody looks: to be woken for each would cost more than to wait for some hundred.
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
    if (unsent.isEmpty() && !registered.atLimit()) {
      registered.put(BATCH_OVER);
      return;
    }
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

  private boolean full() {
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
