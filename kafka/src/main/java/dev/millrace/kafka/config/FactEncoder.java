package dev.millrace.kafka.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.model.Fact;
import dev.millrace.model.Restart;
import dev.millrace.model.SessionKey;
import dev.millrace.model.TargetState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Facts as records of the config topic (compat: internal topics §4, §5). Kafka Connect's own key
 * kinds where it has one; {@code lease-}, {@code restart-task-}, {@code expected-} and {@code
 * generation} are ours, and Kafka Connect skips them. The tasks of a deleted connector are
 * withdrawn, which Kafka Connect leaves to readers: otherwise those of a compacted topic would find
 * them again; their records are taken away by who knows which there are ({@link Leftovers}). Pure.
 */
public final class FactEncoder {

  private static final ObjectMapper JSON = new ObjectMapper();

  private FactEncoder() {}

  /** The fact's records, in the order in which they must be written. Never empty. */
  public static List<FactRecord> encode(Fact fact) {
    return switch (fact) {
      case Fact.Configured(var name, var config) ->
          List.of(new FactRecord("connector-" + name, json(Map.of("properties", config))));
      case Fact.Deleted(var name) ->
          List.of(
              new FactRecord("connector-" + name, null),
              new FactRecord("target-state-" + name, null),
              new FactRecord("commit-" + name, json(Map.of("tasks", 0))));
      case Fact.Fenced(var name, var tasks) ->
          List.of(new FactRecord("tasks-fencing-" + name, json(Map.of("task-count", tasks))));
      case Fact.Expected(var member, var holdMs) ->
          List.of(
              new FactRecord(
                  "expected-" + member, holdMs == 0 ? null : json(Map.of("hold-ms", holdMs))));
      case Fact.Seated(var generation, var leader) ->
          List.of(new FactRecord("generation", json(seat(generation, leader))));
      case Fact.KeyRotated(var key) -> List.of(new FactRecord("session-key", json(key(key))));
      case Fact.LevelSet(var logger, var level) ->
          List.of(new FactRecord("logger-cluster-" + logger, json(Map.of("level", level))));
      case Fact.Retargeted(var name, var target) ->
          List.of(new FactRecord("target-state-" + name, json(targetState(target))));
      case Fact.TasksComputed(var name, var tasks) -> tasks(name, tasks);
      case Fact.RestartAsked(var name, var what) ->
          List.of(new FactRecord("restart-connector-" + name, json(restart(what))));
      case Fact.TaskRestartAsked(var name, var task) ->
          List.of(new FactRecord("restart-task-" + name + "-" + task, "{}"));
      case Fact.Leased(var name, var holders) -> leases(name, holders);
    };
  }

  /** Which of a fact's records the reader learns it by; what follows adds nothing. */
  static int completing(Fact fact, int records) {
    return fact instanceof Fact.Deleted || fact instanceof Fact.Leased ? 0 : records - 1;
  }

  /** Where there are none any more the record goes, too, when all have read it. */
  private static List<FactRecord> leases(String name, Map<Integer, String> holders) {
    var record = new FactRecord("lease-" + name, json(Map.of("holders", holders)));
    return holders.isEmpty()
        ? List.of(record, new FactRecord(record.key(), null))
        : List.of(record);
  }

  private static List<FactRecord> tasks(String name, List<Map<String, String>> tasks) {
    var records = new ArrayList<FactRecord>();
    for (int i = 0; i < tasks.size(); i++) {
      String value = json(Map.of("properties", tasks.get(i)));
      records.add(new FactRecord("task-" + name + "-" + i, value));
    }
    records.add(new FactRecord("commit-" + name, json(Map.of("tasks", tasks.size()))));
    return records;
  }

  /** {@code state} is what workers before 3.5 shall do, which do not know STOPPED. */
  private static Map<String, String> targetState(TargetState target) {
    var value = new LinkedHashMap<String, String>();
    value.put("state", (target == TargetState.STOPPED ? TargetState.PAUSED : target).name());
    value.put("state.v2", target.name());
    return value;
  }

  private static Map<String, Object> seat(int generation, String leader) {
    var value = new LinkedHashMap<String, Object>();
    value.put("generation", generation);
    value.put("leader", leader);
    return value;
  }

  private static Map<String, Object> key(SessionKey key) {
    var value = new LinkedHashMap<String, Object>();
    value.put("key", key.key());
    value.put("algorithm", key.algorithm());
    value.put("creation-timestamp", key.createdMs());
    return value;
  }

  private static Map<String, Boolean> restart(Restart what) {
    var value = new LinkedHashMap<String, Boolean>();
    value.put("include-tasks", what.includesTasks());
    value.put("only-failed", what.onlyFailed());
    return value;
  }

  private static String json(Map<String, ?> value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + value.keySet() + " as JSON", e);
    }
  }
}
