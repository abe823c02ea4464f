package dev.millrace.engine.source;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * What one thread hands over in order to whoever takes it: bounded, without a lock. One thread at a
 * time puts in; one at a time takes out, which whoever owns this sees to with a lock.
 *
 * @param <T> what is handed over
 */
final class Handover<T> {
  private final AtomicReferenceArray<T> ring;

  /** Owned by the thread that puts in: how many it has, and how many there may be. */
  private long in;

  private long limit;

  /** Owned by who takes out. */
  private long out;

  /** A handover that holds at most so many. */
  Handover(int most) {
    ring = new AtomicReferenceArray<>(most);
  }

  /** Whether {@link #allow} must be called before the next one; for the thread that puts in. */
  boolean atLimit() {
    return in >= limit;
  }

  /**
   * Lets so many more be put in, or as many as it holds. For the thread that puts in, behind a
   * {@link #take} that nobody has been between.
   */
  void allow(int more) {
    limit = in + Math.min(more, ring.length());
  }

  /** One more; for the thread that puts in, within its limit. */
  void put(T one) {
    ring.setRelease((int) (in++ % ring.length()), one);
  }

  /** Takes out what has been put in. */
  void take(Consumer<T> taker) {
    int slot = (int) (out % ring.length());
    T one = ring.getAcquire(slot);
    while (one != null) {
      ring.setPlain(slot, null);
      out++;
      taker.accept(one);
      slot = (int) (out % ring.length());
      one = ring.getAcquire(slot);
    }
  }
}
