package dev.millrace.engine.sink;

import dev.millrace.engine.Helper;
import java.time.Duration;
import java.util.Objects;

/**
 * Whether a batch is converted while the one before is put, and by whom (decision 0121).
 *
 * @param helper converts beside the task's thread; what it refuses or has not begun in time is done
 *     by the task's thread
 * @param worthwhile how long the conversion and the put of a batch have to take
 */
public record PutOverlap(Helper helper, Duration worthwhile) {
  /** Some times what it costs to have a batch converted by another processor (decision 0156). */
  private static final Duration DEAR = Duration.ofNanos(300_000);

  private static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);

  /** Checks that nothing is missing. */
  public PutOverlap {
    Objects.requireNonNull(helper, "helper");
    Objects.requireNonNull(worthwhile, "worthwhile");
  }

  /** Nothing overlaps. */
  public static PutOverlap none() {
    return new PutOverlap(Helper.NOBODY, NEVER);
  }

  /** Conversions and puts overlap while that is worth another thread. */
  public static PutOverlap whenItPays(Helper helper) {
    return new PutOverlap(helper, DEAR);
  }
}
