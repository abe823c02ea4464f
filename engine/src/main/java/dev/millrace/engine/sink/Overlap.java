package dev.millrace.engine.sink;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * How a batch is converted while the one before is put (decision 0121).
 *
 * @param thread runs one conversion at a time, beside the task's thread; what it refuses or has not
 *     begun in time is done by the task's thread
 * @param worthwhile how long the conversion and the put of a batch have to take
 */
public record Overlap(Executor thread, Duration worthwhile) {
  /** Checks that nothing is missing. */
  public Overlap {
    Objects.requireNonNull(thread, "thread");
    Objects.requireNonNull(worthwhile, "worthwhile");
  }
}
