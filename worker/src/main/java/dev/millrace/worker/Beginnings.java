package dev.millrace.worker;

import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What has become of this worker's work, for who waits for it. Thread-safe, guarded by its lock.
 */
final class Beginnings {

  /**
   * How work is.
   *
   * @param asOf log offset of what it has taken into account
   */
  private record Begun(long asOf, WorkStatus status) {
    /** Whether it has begun, or failed, with that offset taken into account. */
    boolean has(long wanted) {
      return asOf >= wanted && settled();
    }

    private boolean settled() {
      return switch (status.phase()) {
        case RUNNING, PAUSED, STOPPED, FAILED -> true;
        case STARTING, STOPPING, ABANDONED -> false;
      };
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<WorkId, Begun> work = new HashMap<>();

  void became(WorkId id, long asOf, WorkStatus status) {
    lock.lock();
    try {
      work.put(id, new Begun(asOf, status));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void gone(WorkId id) {
    lock.lock();
    try {
      work.remove(id);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until work has begun, or failed, that has taken that offset into account. */
  Optional<WorkStatus> await(WorkId id, long asOf, Duration atMost) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      var begun = work.get(id);
      while (left > 0 && (begun == null || !begun.has(asOf))) {
        left = changed.awaitNanos(left);
        begun = work.get(id);
      }
      return Optional.ofNullable(begun).filter(now -> now.has(asOf)).map(Begun::status);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }
}
