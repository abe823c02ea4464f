package dev.millrace.engine;

import java.util.Objects;

/**
 * In how many lanes a task's records are converted (decision 0116).
 *
 * @param count instances of transformations and converters, at least 1
 * @param helper threads for all lanes but one
 */
public record LaneSettings(int count, Helper helper) {
  /** One lane, which needs no help. */
  public static final LaneSettings ONE = new LaneSettings(1, Helper.NOBODY);

  /** Checks that nothing is missing. */
  public LaneSettings {
    Objects.requireNonNull(helper, "helper");
    if (count < 1) {
      throw new IllegalArgumentException("A task has at least one lane, not " + count);
    }
  }
}
