package dev.millrace.engine.source;

import java.time.Duration;

/** {@code transaction.boundary}: when an exactly-once source commits (compat: semantics §5). */
public sealed interface TransactionBoundary {
  /** The default: after each batch. */
  TransactionBoundary POLL = new Poll();

  /** After each batch that was polled. */
  record Poll() implements TransactionBoundary {}

  /**
   * After a batch when this time has passed since the last commit.
   *
   * @param length {@code transaction.boundary.interval.ms}
   */
  record Interval(Duration length) implements TransactionBoundary {}

  /** When the task says so through its TransactionContext. */
  record Connector() implements TransactionBoundary {}
}
