package dev.millrace.model.errors;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Decides after each failed attempt whether an operation is tried again, its record is skipped or
 * its task fails (compat: semantics §7). Pure: time and chance come in as arguments.
 */
public final class ErrorPolicy {
  private static final long FIRST_DELAY_MS = 300;
  private static final int LAST_DOUBLING = 40;

  private ErrorPolicy() {}

  /**
   * The decision after a failed attempt.
   *
   * @param settings the connector's settings
   * @param attempt number of the attempt that failed, from 1
   * @param retriable whether the error asks to be retried (Connect's RetriableException)
   * @param elapsed time since the first attempt began
   * @param random source of the delays beyond the maximum
   */
  public static ErrorDecision afterFailure(
      ErrorSettings settings,
      int attempt,
      boolean retriable,
      Duration elapsed,
      RandomGenerator random) {
    if (retriable && mayRetry(settings, elapsed)) {
      return new ErrorDecision.Retry(delay(settings, attempt, elapsed, random));
    }
    return givenUp(settings);
  }

  /** The decision for an operation that is not tried again. */
  public static ErrorDecision givenUp(ErrorSettings settings) {
    return switch (settings.tolerance()) {
      case NONE -> new ErrorDecision.Fail();
      case ALL -> new ErrorDecision.Skip();
    };
  }

  private static boolean mayRetry(ErrorSettings settings, Duration elapsed) {
    return settings.retryTimeout().isNegative() || elapsed.compareTo(settings.retryTimeout()) < 0;
  }

  private static Duration delay(
      ErrorSettings settings, int attempt, Duration elapsed, RandomGenerator random) {
    long maximum = settings.maxRetryDelay().toMillis();
    long doubled = FIRST_DELAY_MS << Math.min(Math.max(attempt, 1) - 1, LAST_DOUBLING);
    long delay = doubled <= maximum ? doubled : maximum <= 0 ? 0 : random.nextLong(maximum);
    if (settings.retryTimeout().isNegative()) {
      return Duration.ofMillis(delay);
    }
    long left = settings.retryTimeout().minus(elapsed).toMillis();
    return Duration.ofMillis(Math.min(delay, Math.max(left, 0)));
  }
}
