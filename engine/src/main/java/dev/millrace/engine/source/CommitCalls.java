package dev.millrace.engine.source;

import dev.millrace.engine.Waits;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Calls a task's {@code commit()} after commits that succeeded, beside the task's own thread: a
 * task that is inside a long poll hears of them, and one whose commit() hangs holds up nobody. One
 * call at a time; successes during a call make one more. Thread-safe.
 */
final class CommitCalls {
  private final SourceCallbacks callbacks;
  private final Executor aside;
  private final Waits waits;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean wanted;
  private boolean running;
  private boolean closed;

  CommitCalls(SourceCallbacks callbacks, Executor aside, Waits waits) {
    this.callbacks = callbacks;
    this.aside = aside;
    this.waits = waits;
  }

  /** A commit has succeeded. Does not block. */
  void succeeded() {
    lock.lock();
    try {
      wanted = true;
      if (running || closed) {
        return;
      }
      running = true;
    } finally {
      lock.unlock();
    }
    begin();
  }

  private void begin() {
    boolean begun = false;
    try {
      aside.execute(this::run);
      begun = true;
    } finally {
      if (!begun) {
        ended();
      }
    }
  }

  private void run() {
    try {
      while (take()) {
        callbacks.commit();
      }
    } finally {
      waits.wake();
    }
  }

  /** Whether there is a call to make; if not, the run has ended. */
  private boolean take() {
    lock.lock();
    try {
      running = wanted && !closed;
      wanted = false;
      return running;
    } finally {
      lock.unlock();
    }
  }

  private void ended() {
    lock.lock();
    try {
      running = false;
    } finally {
      lock.unlock();
    }
  }

  /** Begins no more calls; waits for one that is under way, and says whether it has ended. */
  boolean close(Duration atMost) {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    return waits.await(() -> !isRunning(), atMost);
  }

  private boolean isRunning() {
    lock.lock();
    try {
      return running;
    } finally {
      lock.unlock();
    }
  }
}
