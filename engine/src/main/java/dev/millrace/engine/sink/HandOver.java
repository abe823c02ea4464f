package dev.millrace.engine.sink;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Something the keeper wants the work's thread to do for it. Thread-safe: the keeper offers and may
 * take back, the work's thread takes and does.
 */
final class HandOver {
  /** How far it came. */
  enum State {
    /** Nobody has begun. */
    OFFERED,
    /** The work's thread has begun. */
    TAKEN,
    /** The work's thread has finished. */
    DONE,
    /** The keeper no longer wants it. */
    WITHDRAWN
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.OFFERED);
  private final Runnable work;

  HandOver(Runnable work) {
    this.work = work;
  }

  State state() {
    return state.get();
  }

  /** Does the work, unless it was taken back; on the work's thread. */
  void perform() {
    if (state.compareAndSet(State.OFFERED, State.TAKEN)) {
      try {
        work.run();
      } finally {
        state.set(State.DONE);
      }
    }
  }

  /** Takes it back; nothing happens when it was taken. */
  void withdraw() {
    state.compareAndSet(State.OFFERED, State.WITHDRAWN);
  }
}
