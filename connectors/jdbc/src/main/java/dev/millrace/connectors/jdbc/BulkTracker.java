package dev.millrace.connectors.jdbc;

import java.sql.ResultSet;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Reads everything again each time. The offset only says which scan a row is of. */
final class BulkTracker implements Tracker {
  private long scan;
  private long row;

  @Override
  public String clauses(Instant databaseNow, long nowNanos) {
    row = 0;
    return "";
  }

  @Override
  public void finished() {
    scan++;
  }

  @Override
  public Mark mark(ResultSet result) {
    return new Mark(0, Optional.empty());
  }

  @Override
  public Map<String, Object> deliver(Mark mark, Optional<Mark> next, long nowNanos) {
    row++;
    return Map.of(Offsets.SCAN, scan, "row", row);
  }

  @Override
  public boolean needsClock() {
    return false;
  }
}
