package dev.millrace.worker.metrics;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.kafka.common.metrics.MeasurableStat;
import org.apache.kafka.common.metrics.MetricConfig;

/**
 * A sampled statistic of a counter. The counter is read when the statistic is read, and about once
 * a second besides; so counting itself costs one addition. Guarded by its lock.
 */
final class Window {
  private final LongSupplier counter;
  private final MeasurableStat stat;
  private final ReentrantLock lock = new ReentrantLock();
  private long seen;

  Window(LongSupplier counter, MeasurableStat stat) {
    this.counter = counter;
    this.stat = stat;
    this.seen = counter.getAsLong();
  }

  /** Takes over what was counted since the last time. */
  void feed(MetricConfig config, long nowMs) {
    lock.lock();
    try {
      long total = counter.getAsLong();
      if (total != seen) {
        stat.record(config, (double) (total - seen), nowMs);
        seen = total;
      }
    } finally {
      lock.unlock();
    }
  }

  double measure(MetricConfig config, long nowMs) {
    lock.lock();
    try {
      feed(config, nowMs);
      return stat.measure(config, nowMs);
    } finally {
      lock.unlock();
    }
  }
}
