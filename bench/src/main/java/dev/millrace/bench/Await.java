package dev.millrace.bench;

import java.io.IOException;
import java.time.Duration;

/** Waiting for something outside. */
final class Await {

  private static final Duration LOOK = Duration.ofMillis(200);

  private Await() {}

  /** A condition that is looked at again and again. */
  interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  /**
   * Returns when it holds.
   *
   * @throws IOException when it does not in time
   */
  static void until(String what, Duration atMost, Condition condition)
      throws IOException, InterruptedException {
    until(what, atMost, LOOK, condition);
  }

  /** The same, looking that often. */
  static void until(String what, Duration atMost, Duration look, Condition condition)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - end > 0) throw new IOException("Not in time: " + what);
      Thread.sleep(look);
    }
  }

  /** Lets things settle. */
  static void pass(Duration time) throws InterruptedException {
    Thread.sleep(time);
  }
}
