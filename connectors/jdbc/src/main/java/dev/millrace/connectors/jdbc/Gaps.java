package dev.millrace.connectors.jdbc;

import java.util.Map;
import java.util.TreeMap;

/**
 * Ids that were passed over: smaller than an id already read, but not there when it was read. A
 * transaction that took such an id may still commit, so they are asked for again until they have
 * been missing for long enough. Bounded: beyond {@value #LIMIT} ranges the oldest is given up.
 *
 * <p>Owned by one task's thread.
 */
final class Gaps {
  static final int LIMIT = 200;

  private record Range(long to, long seenNanos) {}

  private final TreeMap<Long, Range> ranges = new TreeMap<>();
  private String text = "";

  /**
   * Notes that the ids from..to (inclusive) were not there.
   *
   * @return true when an older range had to be given up for it
   */
  boolean add(long from, long to, long nowNanos) {
    if (from > to) {
      return false;
    }
    ranges.put(from, new Range(to, nowNanos));
    boolean full = ranges.size() > LIMIT;
    if (full) {
      ranges.pollFirstEntry();
    }
    text = null;
    return full;
  }

  /** Notes that an id has appeared; false when it was not missing. */
  boolean fill(long id) {
    Map.Entry<Long, Range> entry = ranges.floorEntry(id);
    if (entry == null || entry.getValue().to() < id) {
      return false;
    }
    long from = entry.getKey();
    Range range = entry.getValue();
    ranges.remove(from);
    if (from < id) {
      ranges.put(from, new Range(id - 1, range.seenNanos()));
    }
    if (id < range.to()) {
      ranges.put(id + 1, new Range(range.to(), range.seenNanos()));
    }
    text = null;
    return true;
  }

  /**
   * Gives up what was asked for again, without success, by a query that began later than the time
   * limit after it was seen missing.
   */
  void expire(long queryStartNanos, long timeoutNanos) {
    if (ranges.values().removeIf(r -> queryStartNanos - r.seenNanos() > timeoutNanos)) {
      text = null;
    }
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** {@code 3-5,9}: what goes into the source offset. */
  String text() {
    if (text == null) {
      StringBuilder builder = new StringBuilder();
      ranges.forEach(
          (from, range) -> {
            builder.append(builder.isEmpty() ? "" : ",").append(from);
            builder.append(from == range.to() ? "" : "-" + range.to());
          });
      text = builder.toString();
    }
    return text;
  }

  /** Reads what {@link #text()} wrote; the time limits start anew. */
  static Gaps parse(String text, long nowNanos) {
    Gaps gaps = new Gaps();
    for (String range : text.split(",", -1)) {
      if (!range.isBlank()) {
        String[] ends = range.strip().split("-", 2);
        gaps.add(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]), nowNanos);
      }
    }
    return gaps;
  }

  /** The condition that finds the missing ids, or empty when none is missing. */
  String condition(String column) {
    StringBuilder sql = new StringBuilder();
    ranges.forEach(
        (from, range) -> {
          sql.append(" OR ").append(column);
          sql.append(from == range.to() ? " = " + from : " BETWEEN " + from + " AND " + range.to());
        });
    return sql.toString();
  }
}
