package dev.millrace.connectors.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Knows which rows have been delivered: writes the condition that finds the others, and the source
 * offset that goes with each row. A row counts as delivered only with {@link #deliver}; a query
 * repeated after a failure finds everything from there on. Owned by one task's thread.
 */
sealed interface Tracker permits BulkTracker, IncrementingTracker, TimestampTracker {

  /** What of a row decides about its place; comparable only by the tracker that made it. */
  record Mark(long id, Optional<Instant> time) {}

  /** The WHERE and ORDER BY of the next query, with a leading space, or empty. */
  String clauses(Instant databaseNow, long nowNanos);

  /** Called when all rows of a query have been delivered. */
  void finished();

  /** Reads the mark of the row on which the result stands. */
  Mark mark(ResultSet row) throws SQLException;

  /**
   * Counts a row as delivered.
   *
   * @param next the row after it in the same result, if there is one
   * @return the source offset for this row
   */
  Map<String, Object> deliver(Mark mark, Optional<Mark> next, long nowNanos);

  /** True when the clauses depend on the database's clock. */
  boolean needsClock();
}
