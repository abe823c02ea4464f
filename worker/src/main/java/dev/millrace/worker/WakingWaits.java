package dev.millrace.worker;

import dev.millrace.engine.Waits;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Waits of work that may have no thread: who is woken may have to be called first. Thread-safe.
 *
 * @param woken runs after each wake, on the waking thread; must not block
 */
record WakingWaits(Waits waits, Runnable woken) implements Waits {

  @Override
  public long nowMs() {
    return waits.nowMs();
  }

  @Override
  public long nowNanos() {
    return waits.nowNanos();
  }

  @Override
  public long wallMs() {
    return waits.wallMs();
  }

  @Override
  public boolean await(BooleanSupplier condition, Duration atMost) {
    return waits.await(condition, atMost);
  }

  @Override
  public void wake() {
    waits.wake();
    woken.run();
  }
}
