package dev.millrace.kafka.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.Rejection;
import dev.millrace.model.TasksRefusal;
import dev.millrace.model.WorkId;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Keys and values of the status topic (compat: internal topics §7), and three key kinds of ours,
 * which Kafka Connect skips: {@code held-<member>}, what a member holds, {@code ask-<subject>},
 * what a worker asks of the leader, and {@code refused-<connector>}, that the leader does not take
 * the tasks it was handed. Pure.
 */
final class StatusFormat {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONNECTOR = "status-connector-";
  private static final String TASK = "status-task-";
  private static final String TOPIC = "status-topic-";
  private static final String TOPIC_CONNECTOR = ":connector-";
  private static final String MEMBER = "member"; // ours; others pass it over
  private static final String HELD = "held-";
  private static final String ASK = "ask-";
  private static final String REFUSED = "refused-";

  private StatusFormat() {}

  /**
   * What a member holds.
   *
   * @param held its work
   * @param offset how far it had read the config log
   */
  record Holding(SortedSet<WorkId> held, long offset) {}

  static String text(StatusKey key) {
    return switch (key) {
      case StatusKey.Work(var id) ->
          id.isInstance() ? CONNECTOR + id.connector() : TASK + id.connector() + "-" + id.task();
      case StatusKey.ActiveTopic(var topic, var connector) ->
          TOPIC + topic + TOPIC_CONNECTOR + connector;
      case StatusKey.Request(var subject) -> ASK + subject;
      case StatusKey.Refusal(var connector) -> REFUSED + connector;
      case StatusKey.Member(var id) -> HELD + id;
    };
  }

  /** Empty for keys of others. */
  static Optional<StatusKey> key(String text) {
    if (text.startsWith(CONNECTOR)) {
      return Optional.of(new StatusKey.Work(WorkId.instance(text.substring(CONNECTOR.length()))));
    }
    if (text.startsWith(TASK)) {
      return task(text.substring(TASK.length()));
    }
    if (text.startsWith(TOPIC)) {
      return topic(text.substring(TOPIC.length()));
    }
    if (text.startsWith(ASK)) {
      return Optional.of(new StatusKey.Request(text.substring(ASK.length())));
    }
    if (text.startsWith(REFUSED)) {
      return Optional.of(new StatusKey.Refusal(text.substring(REFUSED.length())));
    }
    return text.startsWith(HELD)
        ? Optional.of(new StatusKey.Member(text.substring(HELD.length())))
        : Optional.empty();
  }

  private static Optional<StatusKey> task(String nameAndNumber) {
    int dash = nameAndNumber.lastIndexOf('-');
    String number = nameAndNumber.substring(dash + 1);
    if (dash < 0 || !number.matches("\\d{1,9}")) {
      return Optional.empty();
    }
    return Optional.of(
        new StatusKey.Work(new WorkId(nameAndNumber.substring(0, dash), Integer.parseInt(number))));
  }

  private static Optional<StatusKey> topic(String topicAndConnector) {
    int colon = topicAndConnector.indexOf(':');
    if (colon < 0 || !topicAndConnector.startsWith(TOPIC_CONNECTOR, colon)) {
      return Optional.empty();
    }
    return Optional.of(
        new StatusKey.ActiveTopic(
            topicAndConnector.substring(0, colon),
            topicAndConnector.substring(colon + TOPIC_CONNECTOR.length())));
  }

  static String encode(StatusRecord status) {
    ObjectNode value =
        JSON.createObjectNode()
            .put("state", status.state().name())
            .put("trace", status.trace().orElse(null))
            .put("worker_id", status.worker())
            .put("generation", status.generation())
            .put("version", status.version().orElse(null));
    if (!status.member().isEmpty()) {
      value.put(MEMBER, status.member());
    }
    return value.toString();
  }

  /** Throws IllegalArgumentException for what cannot be understood. */
  static StatusRecord status(String value) {
    JsonNode node = parse(value);
    if (!node.path("generation").canConvertToInt()) {
      throw new IllegalArgumentException("its generation is not a number");
    }
    return new StatusRecord(
        StatusRecord.State.valueOf(node.path("state").asText()),
        optional(node.path("trace")),
        node.path("worker_id").asText(),
        node.path("generation").asInt(),
        optional(node.path("version")),
        node.path(MEMBER).asText(""));
  }

  private static Optional<String> optional(JsonNode node) {
    return node.isTextual() ? Optional.of(node.asText()) : Optional.empty();
  }

  /** The value of an active topic. */
  static String encode(StatusKey.ActiveTopic key, int task, long discoveredMs) {
    ObjectNode value = JSON.createObjectNode();
    value
        .putObject("topic")
        .put("name", key.topic())
        .put("connector", key.connector())
        .put("task", task)
        .put("discoverTimestamp", discoveredMs);
    return value.toString();
  }

  static String encode(Holding holding) {
    ObjectNode value = JSON.createObjectNode().put("offset", holding.offset());
    ObjectNode held = value.putObject("held");
    for (WorkId id : holding.held()) {
      boolean known = held.get(id.connector()) instanceof ArrayNode;
      ArrayNode tasks =
          known ? (ArrayNode) held.get(id.connector()) : held.putArray(id.connector());
      tasks.add(id.task());
    }
    return value.toString();
  }

  static Holding holding(String value) {
    JsonNode node = parse(value);
    var held = new TreeSet<WorkId>();
    node.path("held")
        .properties()
        .forEach(
            entry ->
                entry
                    .getValue()
                    .forEach(task -> held.add(new WorkId(entry.getKey(), task.asInt()))));
    return new Holding(held, node.path("offset").asLong(-1));
  }

  static String encode(TasksRefusal refusal) {
    return JSON.createObjectNode()
        .put("as-of", refusal.asOf())
        .put("fingerprint", refusal.fingerprint())
        .put("code", refusal.why().code().name())
        .put("message", refusal.why().message())
        .put("hint", refusal.why().hint())
        .toString();
  }

  static TasksRefusal refusal(String connector, String value) {
    JsonNode node = parse(value);
    var why =
        new Rejection(
            Rejection.Code.valueOf(node.path("code").asText()),
            node.path("message").asText(),
            node.path("hint").asText());
    return new TasksRefusal(
        connector, node.path("as-of").asLong(), node.path("fingerprint").asInt(), why);
  }

  private static JsonNode parse(String value) {
    try {
      return JSON.readTree(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
