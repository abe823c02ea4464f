package dev.millrace.engine.sink;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * What keeping a slow sink in its consumer group needs.
 *
 * @param threads runs what polls in the task's place; may block, so each piece needs its own thread
 * @param maxPollInterval {@code max.poll.interval.ms} of the task's consumer
 */
public record Membership(Executor threads, Duration maxPollInterval) {
  /** Checks that nothing is missing. */
  public Membership {
    Objects.requireNonNull(threads, "threads");
    Objects.requireNonNull(maxPollInterval, "maxPollInterval");
  }
}
