package dev.millrace.worker.metrics;

import dev.millrace.model.WorkStatus;
import dev.millrace.model.WorkStatus.Phase;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.utils.Time;

/**
 * How long a piece of work has been in each state, by the clock that nobody sets. Guarded by its
 * lock.
 */
final class StateTimes {
  private final Time time;
  private final long beganMs;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Phase, Long> past = new EnumMap<>(Phase.class);
  private Phase phase = Phase.STARTING;
  private long sinceMs;

  StateTimes(Time time) {
    this.time = time;
    this.beganMs = time.hiResClockMs();
    this.sinceMs = beganMs;
  }

  void became(WorkStatus status) {
    lock.lock();
    try {
      long now = time.hiResClockMs();
      past.merge(phase, now - sinceMs, Long::sum);
      phase = status.phase();
      sinceMs = now;
    } finally {
      lock.unlock();
    }
  }

  Phase phase() {
    lock.lock();
    try {
      return phase;
    } finally {
      lock.unlock();
    }
  }

  /** Share of its life, from 0 to 1, that it has been in that state. */
  double ratio(Phase wanted) {
    lock.lock();
    try {
      long now = time.hiResClockMs();
      long in = past.getOrDefault(wanted, 0L) + (phase == wanted ? now - sinceMs : 0);
      return now <= beganMs ? 0 : (double) in / (now - beganMs);
    } finally {
      lock.unlock();
    }
  }
}
