package dev.millrace.model.errors;

import java.time.Duration;
import java.util.Objects;

/**
 * The {@code errors.*} settings of one connector (compat: connector config §2, semantics §7).
 *
 * @param retryTimeout {@code errors.retry.timeout}: zero for no retry, negative for no limit
 * @param maxRetryDelay {@code errors.retry.delay.max.ms}
 * @param tolerance {@code errors.tolerance}
 * @param log {@code errors.log.enable}
 * @param logRecords {@code errors.log.include.messages}
 * @param deadLetters {@code errors.deadletterqueue.*}
 */
public record ErrorSettings(
    Duration retryTimeout,
    Duration maxRetryDelay,
    Tolerance tolerance,
    boolean log,
    boolean logRecords,
    DeadLetterSettings deadLetters) {

  /** The defaults: no retry, no tolerance, no log of records, no dead letter queue. */
  public static final ErrorSettings DEFAULT =
      new ErrorSettings(
          Duration.ZERO,
          Duration.ofMinutes(1),
          Tolerance.NONE,
          false,
          false,
          DeadLetterSettings.OFF);

  /** Checks that nothing is missing. */
  public ErrorSettings {
    Objects.requireNonNull(retryTimeout, "retryTimeout");
    Objects.requireNonNull(maxRetryDelay, "maxRetryDelay");
    Objects.requireNonNull(tolerance, "tolerance");
    Objects.requireNonNull(deadLetters, "deadLetters");
  }
}
