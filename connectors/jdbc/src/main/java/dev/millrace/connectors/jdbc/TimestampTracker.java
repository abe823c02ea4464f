package dev.millrace.connectors.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Rows by the time of their last change, alone or together with a growing id. Times up to the
 * database's current second, less a delay, are read: what is still being written at that second is
 * not split. Without an id a position is only moved on when all rows of a time are delivered. Owned
 * by one task's thread.
 */
final class TimestampTracker implements Tracker {
  private final List<TimeColumn> times;
  private final Optional<IdColumn> id;
  private final Rules rules;
  private Optional<Instant> lastTime;
  private OptionalLong lastId;

  /** A column with the time of change. */
  record TimeColumn(String name, String quoted, TimeKind kind) {}

  /** The growing id that orders rows of the same time. */
  record IdColumn(String name, String quoted) {}

  /** What does not change between queries. */
  record Rules(Dialect dialect, ZoneId zone, Duration delay) {}

  TimestampTracker(
      List<TimeColumn> times,
      Optional<IdColumn> id,
      Rules rules,
      Optional<Instant> initial,
      Map<String, ?> offset) {
    this.times = List.copyOf(times);
    this.id = id;
    this.rules = rules;
    this.lastTime = Offsets.time(offset).or(() -> initial);
    this.lastId = Offsets.number(offset, Offsets.INCREMENTING);
  }

  @Override
  public String clauses(Instant databaseNow, long nowNanos) {
    Instant end = databaseNow.truncatedTo(ChronoUnit.SECONDS).minus(rules.delay());
    String order = " ORDER BY " + time() + id.map(c -> ", " + c.quoted()).orElse("");
    String upTo = time() + " < " + literal(end);
    return " WHERE " + upTo + lastTime.map(last -> " AND " + after(last)).orElse("") + order;
  }

  private String after(Instant last) {
    String later = time() + " > " + literal(last);
    if (id.isEmpty()) {
      return later;
    }
    String same = time() + " = " + literal(last);
    String greater =
        lastId.isPresent() ? " AND " + id.get().quoted() + " > " + lastId.getAsLong() : "";
    return "(" + later + " OR (" + same + greater + "))";
  }

  private String time() {
    String list = times.stream().map(TimeColumn::quoted).collect(Collectors.joining(", "));
    return times.size() == 1 ? list : "COALESCE(" + list + ")";
  }

  private String literal(Instant time) {
    TimeKind kind = times.getFirst().kind();
    return rules.dialect().timeLiteral(kind, kind.toJdbc(time, rules.zone()));
  }

  @Override
  public void finished() {
    // The last delivered row moved the position on already.
  }

  @Override
  public Mark mark(ResultSet row) throws SQLException {
    Optional<Instant> time = Optional.empty();
    for (TimeColumn column : times) {
      if (time.isEmpty()) {
        time = column.kind().read(row, row.findColumn(column.name()), rules.zone());
      }
    }
    if (time.isEmpty()) {
      throw new ConnectException("A row has a time in \"" + times + "\" that cannot be read.");
    }
    return new Mark(id.isPresent() ? id(row, id.get()) : 0, time);
  }

  private static long id(ResultSet row, IdColumn column) throws SQLException {
    long id = row.getLong(column.name());
    if (row.wasNull()) {
      throw new ConnectException(
          "A row without \""
              + column.name()
              + "\" has no place among those of the same time. Use a column that is never null.");
    }
    return id;
  }

  @Override
  public Map<String, Object> deliver(Mark mark, Optional<Mark> next, long nowNanos) {
    if (id.isPresent()) {
      lastTime = mark.time();
      lastId = OptionalLong.of(mark.id());
    } else if (next.isEmpty() || !next.get().time().equals(mark.time())) {
      lastTime = mark.time();
    }
    Map<String, Object> offset = lastTime.map(Offsets::ofTime).orElseGet(java.util.HashMap::new);
    if (id.isPresent()) {
      offset.put(Offsets.INCREMENTING, mark.id());
    }
    return offset;
  }

  @Override
  public boolean needsClock() {
    return true;
  }
}
