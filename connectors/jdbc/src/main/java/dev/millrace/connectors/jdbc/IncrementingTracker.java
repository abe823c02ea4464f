package dev.millrace.connectors.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows by a growing id. Ids are given out when a row is inserted but seen when its transaction
 * commits, so a smaller id can appear after a greater one: ids passed over are asked for again for
 * a while ({@link Gaps}). Owned by one task's thread.
 */
final class IncrementingTracker implements Tracker {
  private static final Logger log = LoggerFactory.getLogger(IncrementingTracker.class);

  private final String what;
  private final String column;
  private final String quoted;
  private final long gapTimeoutNanos;
  private final Gaps gaps;
  private boolean anyDelivered;
  private boolean warned;
  private long last;
  private long queryStartNanos;

  /**
   * @param what the table or query, for messages
   * @param offset the stored offset, empty at the first start
   */
  IncrementingTracker(
      String what,
      String column,
      String quoted,
      Duration gapTimeout,
      Map<String, ?> offset,
      long nowNanos) {
    this.what = what;
    this.column = column;
    this.quoted = quoted;
    this.gapTimeoutNanos = gapTimeout.toNanos();
    this.anyDelivered = Offsets.number(offset, Offsets.INCREMENTING).isPresent();
    this.last = Offsets.number(offset, Offsets.INCREMENTING).orElse(0);
    Object text = offset.get(Offsets.GAPS);
    this.gaps = Gaps.parse(text == null ? "" : text.toString(), nowNanos);
  }

  @Override
  public String clauses(Instant databaseNow, long nowNanos) {
    queryStartNanos = nowNanos;
    String where = anyDelivered ? " WHERE " + quoted + " > " + last + gaps.condition(quoted) : "";
    return where + " ORDER BY " + quoted;
  }

  @Override
  public void finished() {
    gaps.expire(queryStartNanos, gapTimeoutNanos);
  }

  @Override
  public Mark mark(ResultSet row) throws SQLException {
    long id = row.getLong(column);
    if (row.wasNull()) {
      throw new ConnectException(
          what + " has a row without \"" + column + "\". Use a column that is never null.");
    }
    return new Mark(id, Optional.empty());
  }

  @Override
  public Map<String, Object> deliver(Mark mark, Optional<Mark> next, long nowNanos) {
    if (!gaps.fill(mark.id())) {
      long firstMissing = anyDelivered ? Math.max(1, last + 1) : 1;
      if (gapTimeoutNanos > 0 && gaps.add(firstMissing, mark.id() - 1, nowNanos)) {
        warnOnce();
      }
      last = mark.id();
      anyDelivered = true;
    }
    Map<String, Object> offset = new HashMap<>();
    offset.put(Offsets.INCREMENTING, last);
    if (!gaps.isEmpty()) {
      offset.put(Offsets.GAPS, gaps.text());
    }
    return offset;
  }

  private void warnOnce() {
    if (!warned) {
      warned = true;
      log.info(
          "{} has more than {} gaps in \"{}\": only the newest are watched for rows that are"
              + " committed late.",
          what,
          Gaps.LIMIT,
          column);
    }
  }

  @Override
  public boolean needsClock() {
    return false;
  }
}
