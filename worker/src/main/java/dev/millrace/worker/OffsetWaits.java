package dev.millrace.worker;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Who waits until the log has been read up to an offset. Thread-safe, guarded by its lock. */
final class OffsetWaits {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private long reached = -1;

  /** The log has been read up to this offset; never less than before. */
  void reached(long offset) {
    lock.lock();
    try {
      reached = offset;
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it has been read up to this offset; whether that was in time. */
  boolean await(long offset, Duration atMost) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (reached < offset && left > 0) left = advanced.awaitNanos(left);
      return reached >= offset;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
