package dev.millrace.connectors.processor.row;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;

/** Dates, times and timestamps (in UTC) from and to text. Stateless. */
public final class Temporal {
  private static final DateTimeFormatter TIMESTAMP_TEXT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");

  private Temporal() {}

  /** A temporal number as text: {@code 2024-02-29}, {@code 12:30:00}, {@code 2024-02-29 …}. */
  public static String format(Kind kind, long number) {
    return switch (kind) {
      case DATE -> LocalDate.ofEpochDay(number).toString();
      case TIME ->
          LocalTime.ofNanoOfDay(TimeUnit.MILLISECONDS.toNanos(number))
              .format(DateTimeFormatter.ISO_LOCAL_TIME);
      default ->
          LocalDateTime.ofInstant(Instant.ofEpochMilli(number), ZoneOffset.UTC)
              .format(TIMESTAMP_TEXT);
    };
  }

  /**
   * Reads a temporal number of a kind from ISO text; a blank or a T stands between date and time, a
   * zone offset is honoured, without one it is UTC.
   *
   * @throws IllegalArgumentException when the text is not of that form
   */
  public static long parse(Kind kind, String text) {
    String trimmed = text.strip();
    try {
      return switch (kind) {
        case DATE -> LocalDate.parse(trimmed).toEpochDay();
        case TIME -> TimeUnit.NANOSECONDS.toMillis(LocalTime.parse(trimmed).toNanoOfDay());
        default -> timestamp(trimmed);
      };
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "' is not a " + kind.label(), e);
    }
  }

  private static long timestamp(String text) {
    if (text.length() == 10) {
      return TimeUnit.DAYS.toMillis(LocalDate.parse(text).toEpochDay());
    }
    String iso = text.replace(' ', 'T');
    boolean zoned = iso.endsWith("Z") || iso.indexOf('+') > 0 || iso.lastIndexOf('-') > 10;
    return zoned
        ? OffsetDateTime.parse(iso).toInstant().toEpochMilli()
        : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC).toEpochMilli();
  }
}
