package dev.millrace.worker;

import dev.millrace.worker.threads.LentThreads;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * A platform thread that is there only while there is something to do; the next one has the same
 * name. No two are there at once, and what one has written the next one sees. Thread-safe.
 */
final class OnDemandThread {

  private final LentThreads threads;
  private final String name;
  private final BooleanSupplier turn;
  private final AtomicInteger calls = new AtomicInteger(); // since somebody found nothing to do
  private volatile Optional<Thread> present = Optional.empty(); // written by itself

  /**
   * No thread yet.
   *
   * @param turn does what is to be done, and says whether it will never be called again
   */
  OnDemandThread(LentThreads threads, String name, BooleanSupplier turn) {
    this.threads = threads;
    this.name = name;
    this.turn = turn;
  }

  /** There may be something to do. Never waits for it. */
  void call() {
    if (calls.getAndIncrement() == 0) threads.run(name, this::run);
  }

  private void run() {
    int known;
    boolean over;
    do {
      known = calls.get();
      over = turn();
    } while (!over && !calls.compareAndSet(known, 0));
  }

  private boolean turn() {
    present = Optional.of(Thread.currentThread());
    try {
      return turn.getAsBoolean();
    } finally {
      present = Optional.empty(); // it may do something else soon
    }
  }

  /** The thread, while it does something. */
  Optional<Thread> present() {
    return present;
  }
}
