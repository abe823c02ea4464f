package dev.millrace.engine;

import java.time.Duration;
import java.util.Objects;

/**
 * When offsets are committed.
 *
 * @param interval {@code offset.flush.interval.ms}
 * @param timeout {@code offset.flush.timeout.ms}: limit of one commit
 */
public record CommitSettings(Duration interval, Duration timeout) {
  /** The defaults of the worker settings: every minute, within five seconds. */
  public static final CommitSettings DEFAULT =
      new CommitSettings(Duration.ofMinutes(1), Duration.ofSeconds(5));

  /** Checks that nothing is missing. */
  public CommitSettings {
    Objects.requireNonNull(interval, "interval");
    Objects.requireNonNull(timeout, "timeout");
  }
}
