package dev.millrace.engine;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Real waiting, over clocks that are given. Thread-safe; one instance per piece of work. */
public final class ConditionWaits implements Waits {
  private static final Duration LONGEST = Duration.ofDays(365);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LongSupplier nanoTime;
  private final InstantSource wall;

  /**
   * Waits over the given clocks.
   *
   * @param nanoTime monotonic nanoseconds, as of {@code System.nanoTime}
   * @param wall the wall clock
   */
  public ConditionWaits(LongSupplier nanoTime, InstantSource wall) {
    this.nanoTime = nanoTime;
    this.wall = wall;
  }

  @Override
  public long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong());
  }

  @Override
  public long nowNanos() {
    return nanoTime.getAsLong();
  }

  @Override
  public long wallMs() {
    return wall.millis();
  }

  @Override
  public boolean await(BooleanSupplier condition, Duration atMost) {
    long limit = atMost.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : atMost.toNanos();
    boolean interrupted = false;
    lock.lock();
    try {
      long end = nanoTime.getAsLong() + limit;
      long left = limit;
      while (!condition.getAsBoolean() && left > 0) {
        try {
          left = changed.awaitNanos(left);
        } catch (InterruptedException e) {
          interrupted = true;
          left = end - nanoTime.getAsLong();
        }
      }
      return condition.getAsBoolean();
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
