package dev.millrace.kafka.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.Command;
import dev.millrace.model.Restart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What workers themselves ask of the leader, as values of the status topic: the tasks of a
 * connector instance, restarts, that earlier tasks are fenced, and that a worker is expected back.
 * What people ask comes by HTTP. Pure.
 */
final class RequestFormat {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KIND = "kind";
  private static final String CONNECTOR = "connector";
  private static final String TASKS = "tasks";
  private static final String RESTART = "restart";
  private static final String RESTART_TASK = "restart-task";
  private static final String FENCE = "fence";
  private static final String EXPECT = "expect";
  private static final String AS_OF = "as-of";

  private RequestFormat() {}

  /** Requests with the same subject replace each other. */
  static String subject(Command command) {
    return switch (command) {
      case Command.PublishTasks(var name, var version, var tasks) -> TASKS + "-" + name;
      case Command.RestartConnector(var name, var what) -> RESTART + "-" + name;
      case Command.RestartExpired(var name, var what, var asOf) -> RESTART + "-" + name;
      case Command.RestartTask(var name, var task) -> RESTART_TASK + "-" + name + "-" + task;
      case Command.RecordFencing(var name, var generation) -> FENCE + "-" + name;
      case Command.Expect(var member, var holdMs) -> EXPECT + "-" + member;
      case Command other -> throw notOfWorkers(other);
    };
  }

  static String encode(Command command) {
    ObjectNode value = JSON.createObjectNode();
    switch (command) {
      case Command.PublishTasks(var name, var version, var tasks) -> {
        value.put(KIND, TASKS).put(CONNECTOR, name).put("version", version);
        ArrayNode list = value.putArray(TASKS);
        tasks.forEach(task -> list.addPOJO(task));
      }
      case Command.RestartConnector(var name, var what) ->
          value.put(KIND, RESTART).put(CONNECTOR, name).put("what", what.name());
      case Command.RestartExpired(var name, var what, var asOf) ->
          value.put(KIND, RESTART).put(CONNECTOR, name).put("what", what.name()).put(AS_OF, asOf);
      case Command.RestartTask(var name, var task) ->
          value.put(KIND, RESTART_TASK).put(CONNECTOR, name).put("task", task);
      case Command.RecordFencing(var name, var generation) ->
          value.put(KIND, FENCE).put(CONNECTOR, name).put("generation", generation);
      case Command.Expect(var member, var holdMs) ->
          value.put(KIND, EXPECT).put("member", member).put("hold-ms", holdMs);
      case Command other -> throw notOfWorkers(other);
    }
    return text(value);
  }

  /** Throws IllegalArgumentException for what cannot be understood. */
  static Command decode(String text) {
    JsonNode value = parse(text);
    String name = value.path(CONNECTOR).asText();
    String kind = value.path(KIND).asText();
    return switch (kind) {
      case TASKS -> new Command.PublishTasks(name, value.path("version").asLong(), tasks(value));
      case RESTART -> restart(name, value);
      case RESTART_TASK -> new Command.RestartTask(name, value.path("task").asInt());
      case FENCE -> new Command.RecordFencing(name, value.path("generation").asLong());
      case EXPECT ->
          new Command.Expect(value.path("member").asText(), value.path("hold-ms").asLong());
      default -> throw new IllegalArgumentException("it asks for '" + kind + "', which is unknown");
    };
  }

  private static Command restart(String name, JsonNode value) {
    var what = Restart.valueOf(value.path("what").asText());
    return value.has(AS_OF)
        ? new Command.RestartExpired(name, what, value.path(AS_OF).asLong())
        : new Command.RestartConnector(name, what);
  }

  private static List<Map<String, String>> tasks(JsonNode value) {
    var tasks = new ArrayList<Map<String, String>>();
    for (JsonNode task : value.path(TASKS)) {
      var config = new HashMap<String, String>();
      task.properties()
          .forEach(
              e -> config.put(e.getKey(), e.getValue().isNull() ? null : e.getValue().asText()));
      tasks.add(config);
    }
    return tasks;
  }

  /** The connector that a request is about; empty when it is about the cluster. */
  static String connectorOf(Command command) {
    return switch (command) {
      case Command.PublishTasks publish -> publish.connector();
      case Command.RestartConnector restart -> restart.connector();
      case Command.RestartExpired restart -> restart.connector();
      case Command.RestartTask restart -> restart.connector();
      case Command.RecordFencing fence -> fence.connector();
      case Command.Expect ignored -> "";
      case Command other -> throw notOfWorkers(other);
    };
  }

  private static IllegalArgumentException notOfWorkers(Command command) {
    return new IllegalArgumentException(
        "Workers do not ask each other for a " + command.getClass().getSimpleName());
  }

  private static String text(ObjectNode value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + value.path(KIND) + " as JSON", e);
    }
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
