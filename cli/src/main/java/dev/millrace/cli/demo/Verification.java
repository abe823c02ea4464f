package dev.millrace.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a comparison of database, topic and processor's table found. Immutable.
 *
 * @param rows rows in the database
 * @param records records in the topic, for a reader of committed ones
 * @param counted the sum of the processor's counts
 * @param lost rows whose id is in no record
 * @param duplicated records whose row's id is in an earlier record too
 * @param differences what is wrong, in words; empty when all is right
 */
public record Verification(
    long rows, long records, long counted, long lost, long duplicated, List<String> differences) {
  private static final int MOST_USERS = 10;

  /** Copies the list. */
  public Verification {
    differences = List.copyOf(differences);
  }

  /**
   * Compares.
   *
   * @param database the ids in the database
   * @param topic the ids in the topic
   * @param rows rows of each user in the database
   * @param counts visits of each user in the processor's table
   */
  public static Verification of(
      Ids database, Ids topic, SortedMap<Integer, Long> rows, SortedMap<Integer, Long> counts) {
    long lost = database.notIn(topic);
    long unknown = topic.notIn(database);
    List<String> differences = new ArrayList<>();
    if (lost > 0) {
      differences.add("%d rows of the database are in no record of the topic".formatted(lost));
    }
    if (topic.repeated() > 0) {
      differences.add("%d records repeat a row".formatted(topic.repeated()));
    }
    if (unknown > 0) {
      differences.add("%d rows in the topic are not in the database".formatted(unknown));
    }
    differences.addAll(users(rows, counts));
    return new Verification(
        database.total(), topic.total(), sum(counts), lost, topic.repeated(), differences);
  }

  private static List<String> users(
      SortedMap<Integer, Long> rows, SortedMap<Integer, Long> counts) {
    SortedSet<Integer> users = new TreeSet<>(rows.keySet());
    users.addAll(counts.keySet());
    List<String> differences = new ArrayList<>();
    for (int user : users) {
      long expected = rows.getOrDefault(user, 0L);
      long counted = counts.getOrDefault(user, 0L);
      if (expected != counted) {
        differences.add(
            "user %d has %d rows in the database and a count of %d"
                .formatted(user, expected, counted));
      }
    }
    if (differences.size() <= MOST_USERS) {
      return differences;
    }
    List<String> first = new ArrayList<>(differences.subList(0, MOST_USERS));
    first.add("and %d more users differ".formatted(differences.size() - MOST_USERS));
    return first;
  }

  private static long sum(Map<Integer, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether nothing differs. */
  public boolean isRight() {
    return differences.isEmpty();
  }

  /** The line that the demo ends with. */
  public String summary() {
    return "rows %d, records %d, counted %d, lost %d, duplicated %d"
        .formatted(rows, records, counted, lost, duplicated);
  }
}
