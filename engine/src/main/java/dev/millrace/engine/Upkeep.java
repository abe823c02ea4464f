package dev.millrace.engine;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * What is done for a task beside its own thread's work.
 *
 * @param commits when offsets are committed
 * @param idle after this long without records a producer is released
 * @param aside runs what may block and must not hold up the task or others: the task's {@code
 *     commit()}, the closing of a released producer. A task has at most a few such runs at a time
 */
public record Upkeep(CommitSettings commits, Duration idle, Executor aside) {
  /** Checks that nothing is missing. */
  public Upkeep {
    Objects.requireNonNull(commits, "commits");
    Objects.requireNonNull(idle, "idle");
    Objects.requireNonNull(aside, "aside");
  }
}
