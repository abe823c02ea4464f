package dev.millrace.kafka.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.model.Fact;
import dev.millrace.model.Restart;
import dev.millrace.model.SessionKey;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the config log's records back as facts, in order (compat: internal topics §6). Task
 * configurations are held back until their commit. Owned by the thread that reads the log.
 */
public final class FactDecoder {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, SortedMap<Integer, Map<String, String>>> deferred = new HashMap<>();

  /**
   * The fact that this record completes. Empty for records that complete none and for key kinds of
   * others.
   *
   * @throws IllegalArgumentException when the record cannot be understood; the reader skips it
   */
  public Optional<Fact> decode(FactRecord record) {
    String key = record.key();
    if (key.startsWith("connector-"))
      return Optional.of(connector(after(key, "connector-"), record));
    if (key.startsWith("target-state-")) return targetState(after(key, "target-state-"), record);
    if (key.startsWith("task-")) {
      defer(after(key, "task-"), record);
      return Optional.empty();
    }
    if (key.startsWith("commit-")) return commit(after(key, "commit-"), record);
    if (key.startsWith("restart-") && record.value() == null) return Optional.empty();
    if (key.startsWith("restart-connector-")) {
      return Optional.of(restart(after(key, "restart-connector-"), record));
    }
    if (key.startsWith("restart-task-")) return Optional.of(restartTask(record));
    if (key.startsWith("tasks-fencing-")) {
      int tasks = count(record, "task-count");
      return Optional.of(new Fact.Fenced(after(key, "tasks-fencing-"), tasks));
    }
    if (key.equals("session-key")) return sessionKey(record);
    if (key.startsWith("logger-cluster-")) return level(after(key, "logger-cluster-"), record);
    if (key.equals("generation")) {
      int generation = count(record, "generation");
      return Optional.of(new Fact.Seated(generation, parse(record).path("leader").asText()));
    }
    if (key.startsWith("expected-")) {
      long holdMs = record.value() == null ? 0 : parse(record).path("hold-ms").asLong();
      return Optional.of(new Fact.Expected(after(key, "expected-"), holdMs));
    }
    if (key.startsWith("lease-")) return lease(after(key, "lease-"), record);
    return Optional.empty();
  }

  /** Whether a record counts only together with one that comes after it. */
  static boolean waitsForMore(FactRecord record) {
    return record.key().startsWith("task-");
  }

  private Fact connector(String name, FactRecord record) {
    if (record.value() == null) {
      deferred.remove(name);
      return new Fact.Deleted(name);
    }
    return new Fact.Configured(name, properties(record));
  }

  private static Optional<Fact> targetState(String name, FactRecord record) {
    if (record.value() == null) return Optional.of(new Fact.Retargeted(name, TargetState.STARTED));
    JsonNode value = parse(record);
    String state = value.path("state.v2").isTextual() ? "state.v2" : "state";
    return Optional.of(new Fact.Retargeted(name, target(value.path(state).asText())));
  }

  private static TargetState target(String text) {
    for (var target : TargetState.values()) if (target.name().equals(text)) return target;
    return TargetState.STARTED; // compat: semantics §1, unknown target states
  }

  private void defer(String nameAndTask, FactRecord record) {
    WorkId task = task(nameAndTask, record);
    if (record.value() == null) {
      deferred.getOrDefault(task.connector(), new TreeMap<>()).remove(task.task());
      return;
    }
    deferred
        .computeIfAbsent(task.connector(), n -> new TreeMap<>())
        .put(task.task(), properties(record));
  }

  private Optional<Fact> commit(String name, FactRecord record) {
    int count = count(record, "tasks");
    var tasks = deferred.remove(name);
    List<Map<String, String>> complete = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (tasks == null || !tasks.containsKey(i)) return Optional.empty(); // inconsistent: not used
      complete.add(tasks.get(i));
    }
    return Optional.of(new Fact.TasksComputed(name, complete));
  }

  private static Fact restart(String name, FactRecord record) {
    JsonNode value = parse(record);
    boolean includeTasks = value.path("include-tasks").asBoolean(false);
    boolean onlyFailed = value.path("only-failed").asBoolean(false);
    return new Fact.RestartAsked(name, Restart.of(includeTasks, onlyFailed));
  }

  private static Fact restartTask(FactRecord record) {
    WorkId task = task(after(record.key(), "restart-task-"), record);
    return new Fact.TaskRestartAsked(task.connector(), task.task());
  }

  /** The number follows the last dash: names may contain some. */
  private static WorkId task(String nameAndTask, FactRecord record) {
    int dash = nameAndTask.lastIndexOf('-');
    if (dash < 0) {
      throw new IllegalArgumentException(
          "config log record " + record.key() + " names no task of a connector");
    }
    return new WorkId(
        nameAndTask.substring(0, dash), Integer.parseInt(nameAndTask.substring(dash + 1)));
  }

  private static Optional<Fact> sessionKey(FactRecord record) {
    JsonNode value = parse(record);
    boolean whole =
        value.path("key").isTextual()
            && value.path("algorithm").isTextual()
            && value.path("creation-timestamp").isIntegralNumber();
    if (!whole) return Optional.empty();
    return Optional.of(
        new Fact.KeyRotated(
            new SessionKey(
                value.path("key").asText(),
                value.path("algorithm").asText(),
                value.path("creation-timestamp").asLong())));
  }

  private static Optional<Fact> level(String logger, FactRecord record) {
    if (record.value() == null) return Optional.empty();
    JsonNode level = parse(record).path("level");
    return level.isTextual()
        ? Optional.of(new Fact.LevelSet(logger, level.asText()))
        : Optional.empty();
  }

  /** The tombstone of leases follows a record that says that there are none. */
  private static Optional<Fact> lease(String name, FactRecord record) {
    if (record.value() == null) return Optional.empty();
    var holders = new TreeMap<Integer, String>();
    object(record, "holders")
        .properties()
        .forEach(e -> holders.put(Integer.valueOf(e.getKey()), e.getValue().asText()));
    return Optional.of(new Fact.Leased(name, holders));
  }

  private static Map<String, String> properties(FactRecord record) {
    var properties = new HashMap<String, String>();
    object(record, "properties")
        .properties()
        .forEach(
            e -> properties.put(e.getKey(), e.getValue().isNull() ? null : e.getValue().asText()));
    return properties;
  }

  private static int count(FactRecord record, String field) {
    JsonNode value = parse(record).path(field);
    if (value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 0) {
      return value.intValue();
    }
    throw new IllegalArgumentException(
        "config log record " + record.key() + " has no number '" + field + "'");
  }

  private static JsonNode object(FactRecord record, String field) {
    JsonNode value = parse(record).path(field);
    if (value.isObject()) return value;
    throw new IllegalArgumentException(
        "config log record " + record.key() + " has no object '" + field + "'");
  }

  /** Never a tombstone: those that mean something are known by their keys. */
  private static JsonNode parse(FactRecord record) {
    if (record.value() == null) {
      throw new IllegalArgumentException("config log record " + record.key() + " has no value");
    }
    try {
      JsonNode value = JSON.readTree(record.value());
      if (value.isObject()) return value;
      throw new IllegalArgumentException("config log record " + record.key() + " is no object");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "config log record " + record.key() + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static String after(String key, String prefix) {
    return key.substring(prefix.length());
  }
}
