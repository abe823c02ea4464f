package dev.millrace.cli.demo;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The demo at one moment. Immutable.
 *
 * @param running since it began
 * @param visits the processor's count for each user
 * @param rows rows in the database
 * @param records committed records in the topic
 * @param rate rows counted per second, lately
 * @param latency from a row's commit to its count
 * @param states each stage's state
 * @param footer addresses and what to try next
 */
public record Snapshot(
    Duration running,
    SortedMap<Integer, Long> visits,
    long rows,
    long records,
    double rate,
    Optional<Latencies.Summary> latency,
    Map<String, String> states,
    List<String> footer) {

  /** Copies the collections. */
  public Snapshot {
    visits = Collections.unmodifiableSortedMap(new TreeMap<>(visits));
    states = Collections.unmodifiableMap(new TreeMap<>(states));
    footer = List.copyOf(footer);
  }

  /** The sum of all counts. */
  public long counted() {
    return visits.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Rows that are not counted yet. */
  public long lag() {
    return Math.max(0, rows - counted());
  }
}
