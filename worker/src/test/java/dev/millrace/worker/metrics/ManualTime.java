package dev.millrace.worker.metrics;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/** Time that stands still until it is moved. */
final class ManualTime implements Time {
  private final AtomicLong now = new AtomicLong(1_000_000);
  private final AtomicLong calendar = new AtomicLong();

  void pass(long ms) {
    now.addAndGet(ms);
  }

  /** Somebody sets the clock by so much, which is no time that passes. */
  void set(long ms) {
    calendar.addAndGet(ms);
  }

  @Override
  public long milliseconds() {
    return now.get() + calendar.get();
  }

  @Override
  public long nanoseconds() {
    return now.get() * 1_000_000;
  }

  @Override
  public void sleep(long ms) {
    pass(ms);
  }

  @Override
  public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMs) {
    throw new UnsupportedOperationException("nobody waits for metrics");
  }
}
