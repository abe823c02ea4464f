package dev.millrace.servers;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for the outside world with a deadline. Stateless. */
final class Await {
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Await() {}

  /** True as soon as the condition holds; false when it did not hold until the deadline. */
  static boolean until(Duration deadline, BooleanSupplier condition) {
    long end = System.nanoTime() + deadline.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(STEP_NANOS);
    }
    return true;
  }
}
