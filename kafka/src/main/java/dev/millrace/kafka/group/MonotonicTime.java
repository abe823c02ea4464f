package dev.millrace.kafka.group;

import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/**
 * Time that a change of the machine's clock does not touch: membership must neither be lost nor
 * kept because somebody set the clock. Thread-safe.
 */
final class MonotonicTime implements Time {
  private final long origin = Time.SYSTEM.milliseconds();
  private final long began = Time.SYSTEM.nanoseconds();

  @Override
  public long milliseconds() {
    return origin + (nanoseconds() - began) / 1_000_000;
  }

  @Override
  public long nanoseconds() {
    return Time.SYSTEM.nanoseconds();
  }

  @Override
  public void sleep(long ms) {
    Time.SYSTEM.sleep(ms);
  }

  @Override
  public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMs)
      throws InterruptedException {
    long left = deadlineMs - milliseconds();
    Time.SYSTEM.waitObject(object, condition, Time.SYSTEM.milliseconds() + left);
  }
}
