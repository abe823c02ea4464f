package dev.millrace.engine;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Time and waiting for one piece of work; virtual in simulations. Thread-safe: any thread may wait
 * and any thread may wake.
 */
public interface Waits {
  /** Monotonic time in milliseconds from an arbitrary origin; for measuring and deadlines. */
  long nowMs();

  /** The same clock in nanoseconds; for measuring what is short. */
  long nowNanos();

  /** Wall clock in milliseconds since 1970; only for showing. */
  long wallMs();

  /**
   * Blocks until the condition holds or the time has passed. The condition is looked at first, then
   * again after every {@link #wake}; it must be cheap and must not throw. Interrupts do not end the
   * wait and are kept.
   *
   * @return whether the condition held at the end
   */
  boolean await(BooleanSupplier condition, Duration atMost);

  /** Makes everyone who waits look at his condition again. Never blocks for long. */
  void wake();
}
