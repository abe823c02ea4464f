package dev.millrace.topology;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The short keys that stand for Kafka Connect's own, for all connectors.
 *
 * <p>{@code on.error: fail|skip} is {@code errors.tolerance: none|all}. {@code dead.letter.queue:
 * T} (sinks) is {@code errors.deadletterqueue.topic.name: T} with {@code errors.tolerance: all} and
 * the broker's default replication. {@code partitions: N} is {@code
 * topic.creation.default.partitions} of a source and {@code output.topic.partitions} of a
 * processor.
 */
final class FriendlyKeys {

  static final String ON_ERROR = "on.error";
  static final String DEAD_LETTER_QUEUE = "dead.letter.queue";
  static final String PARTITIONS = "partitions";

  /** All of them. */
  static final Set<String> ALL = Set.of(ON_ERROR, DEAD_LETTER_QUEUE, PARTITIONS);

  private static final String TOLERANCE = "errors.tolerance";
  private static final String QUEUE = "errors.deadletterqueue.topic.";

  private final StageKind kind;
  private final Problems problems;
  private final Map<String, Given> resolved = new LinkedHashMap<>();

  private FriendlyKeys(StageKind kind, Problems problems) {
    this.kind = kind;
    this.problems = problems;
  }

  /** The configuration with friendly keys replaced by what they stand for. */
  static Map<String, Given> resolve(Map<String, Given> flat, StageKind kind, Problems problems) {
    FriendlyKeys friendly = new FriendlyKeys(kind, problems);
    flat.forEach(
        (key, given) -> {
          if (!ALL.contains(key)) {
            friendly.resolved.put(key, given);
          }
        });
    flat.forEach(friendly::resolve);
    return friendly.resolved;
  }

  private void resolve(String key, Given given) {
    switch (key) {
      case ON_ERROR -> onError(given);
      case DEAD_LETTER_QUEUE -> deadLetterQueue(given);
      case PARTITIONS -> partitions(given);
      default -> {}
    }
  }

  private void onError(Given given) {
    switch (given.text()) {
      case "fail" -> put(ON_ERROR, TOLERANCE, given, "none");
      case "skip" -> put(ON_ERROR, TOLERANCE, given, "all");
      default ->
          problems.add(
              given.value().position(),
              "\"%s\" is no value of %s".formatted(given.text(), ON_ERROR),
              "write fail or skip");
    }
  }

  private void deadLetterQueue(Given given) {
    if (kind != StageKind.SINK) {
      problems.add(
          given.key(),
          "a %s has no %s".formatted(kind.word(), DEAD_LETTER_QUEUE),
          "only sinks have; on.error: skip passes over bad records");
      return;
    }
    Keys.checkTopic(given.text(), given.value(), problems);
    put(DEAD_LETTER_QUEUE, QUEUE + "name", given, given.text());
    put(DEAD_LETTER_QUEUE, TOLERANCE, given, "all");
    resolved.putIfAbsent(QUEUE + "replication.factor", given.withText("-1"));
  }

  private void partitions(Given given) {
    switch (kind) {
      case SOURCE -> put(PARTITIONS, "topic.creation.default.partitions", given, given.text());
      case PROCESSOR -> put(PARTITIONS, "output.topic.partitions", given, given.text());
      case SINK -> resolved.put(PARTITIONS, given); // a key of the connector's own, then
    }
  }

  private void put(String friendly, String key, Given given, String text) {
    Given before = resolved.putIfAbsent(key, given.withText(text));
    if (before != null && !before.text().equals(text)) {
      problems.add(
          given.key(),
          "\"%s\" contradicts line %d, which sets %s differently"
              .formatted(friendly, before.key().line(), key),
          "keep one of them");
    }
  }
}
