package dev.millrace.worker;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * A platform thread that is there only while there is something to do; the next one has the same
 * name. No two are there at once, and what one has written the next one sees. Thread-safe.
 */
final class OnDemandThread {

  private final String name;
  private final BooleanSupplier turn;
  private final AtomicInteger calls = new AtomicInteger(); // since somebody found nothing to do
  private volatile Thread thread; // changed by whoever has made the first of the calls

  /**
   * No thread yet.
   *
   * @param turn does what is to be done, and says whether it will never be called again
   */
  OnDemandThread(String name, BooleanSupplier turn) {
    this.name = name;
    this.turn = turn;
    this.thread = Crew.daemon(this::run, name);
  }

  /** There may be something to do. Never waits for it. */
  void call() {
    if (calls.getAndIncrement() == 0) {
      if (thread.getState() != Thread.State.NEW) thread = Crew.daemon(this::run, name);
      thread.start();
    }
  }

  private void run() {
    int known;
    boolean over;
    do {
      known = calls.get();
      over = turn.getAsBoolean();
    } while (!over && !calls.compareAndSet(known, 0));
  }

  /** The thread that was called last; it may have ended. */
  Thread latest() {
    return thread;
  }
}
