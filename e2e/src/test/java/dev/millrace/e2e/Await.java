package dev.millrace.e2e;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits on conditions, with generous deadlines. */
public final class Await {

  public static final Duration LONG = Duration.ofMinutes(8);

  private static final Duration PAUSE = Duration.ofMillis(50);

  private Await() {}

  /**
   * Returns when the condition holds; what it throws counts as not yet.
   *
   * @param state told when the time is over
   */
  public static void until(
      String what, Duration atMost, Callable<Boolean> condition, Supplier<?> state) {
    long end = System.nanoTime() + atMost.toNanos();
    Exception last = null;
    while (System.nanoTime() < end) {
      try {
        if (condition.call()) return;
        last = null;
      } catch (Exception e) {
        last = e;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    throw new AssertionError("not within " + atMost + ": " + what + "; now: " + state.get(), last);
  }
}
