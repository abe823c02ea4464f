package dev.millrace.connectors.jdbc;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Growing, jittered waiting times: 100 ms doubling up to 10 s. Owned by one task's thread. */
final class Backoff {
  private static final long FIRST_MS = 100;
  private static final long LONGEST_MS = 10_000;

  private final RandomGenerator random;
  private long ceilingMs = FIRST_MS;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** The next wait: between half of the current ceiling and the ceiling. */
  Duration next() {
    long wait = ceilingMs / 2 + random.nextLong(ceilingMs / 2 + 1);
    ceilingMs = Math.min(LONGEST_MS, ceilingMs * 2);
    return Duration.ofMillis(wait);
  }

  void reset() {
    ceilingMs = FIRST_MS;
  }
}
