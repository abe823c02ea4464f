package dev.millrace.worker.cluster;

import dev.millrace.kafka.config.TopicConfigLog;
import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.ConnectorState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Where exactly-once tasks of a new set wait until the leader has fenced those of earlier sets,
 * wherever they ran (compat: group protocol §12). Thread-safe; guarded by its lock.
 */
public final class FenceGate {
  private static final Duration AGAIN = Duration.ofSeconds(2);
  private static final long UNKNOWN = Long.MAX_VALUE;

  private final TopicConfigLog log;
  private final Consumer<Command> leader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private ClusterState state = ClusterState.EMPTY;

  FenceGate(TopicConfigLog log, Consumer<Command> leader) {
    this.log = log;
    this.leader = leader;
  }

  /** How waiting has ended. */
  public enum Passage {
    FREE,
    /** There is a newer set of tasks. */
    OUTDATED,
    TOO_LATE
  }

  void look(ClusterState newer) {
    lock.lock();
    try {
      state = newer;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until tasks of this set may begin.
   *
   * @param version the log offset that the task's configuration has taken into account
   */
  public Passage await(String connector, long version, Duration atMost)
      throws InterruptedException {
    long left = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (left > 0) {
        if (newest(connector).filter(newest -> newest <= version).isEmpty()) {
          return Passage.OUTDATED;
        }
        var fencing = state.fencing(connector);
        if (!fencing.pending()) return Passage.FREE;
        leader.accept(new Command.RecordFencing(connector, fencing.generation()));
        left -= waitForChange(connector, Math.min(left, AGAIN.toNanos()));
      }
      return Passage.TOO_LATE;
    } finally {
      lock.unlock();
    }
  }

  /** The same for the newest set of a connector that exists. */
  public Passage awaitCurrent(String connector, Duration atMost) {
    try {
      return await(connector, newestNow(connector), atMost);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Passage.TOO_LATE;
    }
  }

  private long newestNow(String connector) {
    lock.lock();
    try {
      return newest(connector).orElse(-1L);
    } finally {
      lock.unlock();
    }
  }

  private Optional<Long> newest(String connector) {
    return state.connector(connector).map(ConnectorState::restarts).map(r -> r.tasks());
  }

  /** Until something of this connector has changed; how long that took. */
  private long waitForChange(String connector, long nanos) throws InterruptedException {
    var fencing = state.fencing(connector);
    var newest = newest(connector);
    long left = nanos;
    while (left > 0
        && fencing.equals(state.fencing(connector))
        && newest.equals(newest(connector))) {
      left = changed.awaitNanos(left);
    }
    return nanos - left;
  }

  /** Waits until all is known that is in the log now; whether that was in time. */
  public boolean awaitEnd(Duration atMost) throws InterruptedException {
    var end = new AtomicLong(UNKNOWN);
    log.whenAtEnd(
        offset -> {
          end.set(offset);
          wake();
        });
    long left = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (state.offset() < end.get() && left > 0) {
        left = changed.awaitNanos(left);
      }
      return state.offset() >= end.get();
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
