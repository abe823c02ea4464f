package dev.millrace.connectors.jdbc;

import java.time.Instant;
import java.util.Date;

/** Kafka Connect's logical types Date, Time and Timestamp are java.util.Date in Java. Stateless. */
@SuppressWarnings("JavaUtilDate") // Connect's API wants it; nothing else of ours sees it.
final class ConnectTimes {
  private ConnectTimes() {}

  static Object ofMillis(long sinceEpoch) {
    return new Date(sinceEpoch);
  }

  static Object of(Instant time) {
    return new Date(time.toEpochMilli());
  }

  static Instant toInstant(Object date) {
    return Instant.ofEpochMilli(((Date) date).getTime());
  }

  static boolean isDate(Object value) {
    return value instanceof Date;
  }
}
