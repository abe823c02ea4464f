package dev.millrace.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The wish that the process end, and the news that the command has. Thread-safe: the shutdown hook
 * asks and waits, the command's thread looks and reports.
 */
final class Stop {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);

  /** Asks the command to end. */
  void ask() {
    asked.countDown();
  }

  /** Whether it has been asked to end. */
  boolean isAsked() {
    return asked.getCount() == 0;
  }

  /** Waits at most so long; true when the command is to end. */
  boolean await(Duration atMost) {
    try {
      return asked.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ask();
      return true;
    }
  }

  /** Says that the command has ended and released everything. */
  void done() {
    done.countDown();
  }

  /** Waits for {@link #done}; false when the command took longer. */
  boolean awaitDone(Duration atMost) throws InterruptedException {
    return done.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }
}
