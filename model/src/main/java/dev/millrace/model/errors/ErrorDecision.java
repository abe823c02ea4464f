package dev.millrace.model.errors;

import java.time.Duration;

/** What to do after one failed attempt of an operation on a record. */
public sealed interface ErrorDecision {
  /**
   * Try the operation again.
   *
   * @param delay how long to wait before
   */
  record Retry(Duration delay) implements ErrorDecision {}

  /** Report the record and leave it out. */
  record Skip() implements ErrorDecision {}

  /** Report the record and fail the task. */
  record Fail() implements ErrorDecision {}
}
