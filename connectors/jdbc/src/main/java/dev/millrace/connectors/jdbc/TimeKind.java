package dev.millrace.connectors.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/** How a column stores a point in time. */
enum TimeKind {
  /** A wall clock's reading, meant in the zone of {@code db.timezone}. */
  WALL_CLOCK,
  /** A point in time which the session sees as UTC's wall clock (MariaDB's TIMESTAMP). */
  UTC_WALL_CLOCK,
  /** A point in time (PostgreSQL's TIMESTAMPTZ). */
  INSTANT;

  Optional<Instant> read(ResultSet row, int column, ZoneId zone) throws SQLException {
    if (this == INSTANT) {
      return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
          .map(OffsetDateTime::toInstant);
    }
    return Optional.ofNullable(row.getObject(column, LocalDateTime.class))
        .map(time -> time.atZone(zoneOf(zone)).toInstant());
  }

  /** What to hand to {@code setObject} for this kind of column. */
  Object toJdbc(Instant time, ZoneId zone) {
    return this == INSTANT
        ? time.atOffset(ZoneOffset.UTC)
        : LocalDateTime.ofInstant(time, zoneOf(zone));
  }

  private ZoneId zoneOf(ZoneId zone) {
    return this == WALL_CLOCK ? zone : ZoneOffset.UTC;
  }
}
