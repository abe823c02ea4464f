package dev.millrace.connectors.jdbc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Source partitions and offsets as Confluent's JDBC connector writes them, so that a connector can
 * be moved here and back. The only addition is {@value #GAPS}. Stateless.
 */
final class Offsets {
  static final String INCREMENTING = "incrementing";
  static final String TIMESTAMP = "timestamp";

  /** The part of {@link #TIMESTAMP} below one second, in nanoseconds. */
  static final String TIMESTAMP_NANOS = "timestamp_nanos";

  static final String GAPS = "gaps";
  static final String SCAN = "scan";

  private static final String TABLE = "table";
  private static final String QUERY = "query";
  private static final String PROTOCOL = "protocol";

  /** What {@link Gaps} reads. */
  private static final Pattern FORM =
      Pattern.compile("\\d{1,18}(-\\d{1,18})?(,\\d{1,18}(-\\d{1,18})?)*");

  private Offsets() {}

  static Map<String, String> ofTable(String qualified) {
    // The field order is part of the stored key, and Map.of orders differently in each JVM.
    Map<String, String> partition = new LinkedHashMap<>();
    partition.put(PROTOCOL, "1");
    partition.put(TABLE, qualified);
    return partition;
  }

  static Map<String, String> ofQuery() {
    return Map.of(QUERY, QUERY);
  }

  /** Where a table's offset may be: ours first, then those of earlier protocols. */
  static List<Map<String, String>> candidates(List<String> qualified, String table) {
    List<Map<String, String>> partitions = new ArrayList<>();
    qualified.forEach(name -> partitions.add(ofTable(name)));
    partitions.add(Map.of(TABLE, table));
    return partitions;
  }

  static OptionalLong number(Map<String, ?> offset, String key) {
    return offset.get(key) instanceof Number number
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  static Optional<Instant> time(Map<String, ?> offset) {
    OptionalLong millis = number(offset, TIMESTAMP);
    if (millis.isEmpty()) {
      return Optional.empty();
    }
    Instant time = Instant.ofEpochMilli(millis.getAsLong());
    OptionalLong nanos = number(offset, TIMESTAMP_NANOS);
    return Optional.of(
        nanos.isPresent() ? Instant.ofEpochSecond(time.getEpochSecond(), nanos.getAsLong()) : time);
  }

  @SuppressWarnings("JavaInstantGetSecondsGetNano") // The nanoseconds beside the seconds are meant.
  static Map<String, Object> ofTime(Instant time) {
    Map<String, Object> offset = new HashMap<>();
    offset.put(TIMESTAMP, time.toEpochMilli());
    offset.put(TIMESTAMP_NANOS, (long) time.getNano());
    return offset;
  }

  /**
   * Checks offsets that a person wants to set.
   *
   * @throws ConnectException naming the partition and what is wrong with it
   */
  static void check(Map<String, ?> partition, Map<String, ?> offset) {
    boolean known =
        partition.get(TABLE) instanceof String || partition.get(QUERY) instanceof String;
    if (!known) {
      throw new ConnectException(
          "The partition "
              + partition
              + " is none of a JDBC source. It looks like {\"protocol\":\"1\",\"table\":"
              + "\"shop.users\"} or {\"query\":\"query\"}.");
    }
    if (offset == null) {
      return;
    }
    for (String key : List.of(INCREMENTING, TIMESTAMP, TIMESTAMP_NANOS)) {
      if (offset.get(key) != null && !isWhole(offset.get(key))) {
        throw new ConnectException(
            "The offset of "
                + partition
                + " has \""
                + key
                + "\" = "
                + offset.get(key)
                + "; it must be a whole number.");
      }
    }
    checkGaps(partition, offset.get(GAPS));
  }

  private static boolean isWhole(Object value) {
    return value instanceof Long || value instanceof Integer;
  }

  private static void checkGaps(Map<String, ?> partition, Object gaps) {
    if (gaps != null && !gaps.toString().isBlank() && !FORM.matcher(gaps.toString()).matches()) {
      throw new ConnectException(
          "The offset of "
              + partition
              + " has \"gaps\" = \""
              + gaps
              + "\"; it must look like \"3-5,9\".");
    }
  }
}
