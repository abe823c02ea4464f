package dev.millrace.reference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What of an answer is compared: status, the headers below, and the body without what cannot be the
 * same in two processes: addresses, times, stack traces, and names of classes in messages about
 * JSON that cannot be read.
 */
final class Comparison {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> HEADERS =
      List.of(
          "content-type",
          "location",
          "vary",
          "x-conformance",
          "access-control-allow-origin",
          "access-control-allow-methods",
          "access-control-allow-headers",
          "access-control-allow-credentials",
          "access-control-max-age");

  private Comparison() {}

  /** The answer as it is compared, for people to read. */
  static String of(URI server, Answer answer) {
    var headers = new TreeMap<String, String>();
    for (var name : HEADERS) {
      if (!answer.header(name).isEmpty()) headers.put(name, sortedWords(answer.header(name)));
    }
    var text = answer.status() + " " + headers + " " + allowed(answer) + "\n" + body(answer.body());
    return text.replace(server.getAuthority(), "HOST");
  }

  private static String allowed(Answer answer) {
    if (answer.status() >= 400) return ""; // Kafka Connect does not say with 405 what is allowed
    return new ArrayList<>(List.of(answer.header("allow").split(",\\s*", -1)))
        .stream().sorted().toList().toString();
  }

  private static String body(String body) {
    try {
      var node = JSON.readTree(body);
      return node == null || node.isMissingNode()
          ? body
          : JSON.writeValueAsString(normal("", node));
    } catch (JsonProcessingException e) {
      return body.startsWith("<") ? "HTML" : sortedWords(body);
    }
  }

  /** Methods, which have no order. */
  private static String sortedWords(String text) {
    return String.join(", ", java.util.Arrays.stream(text.split(",\\s*", -1)).sorted().toList());
  }

  private static JsonNode normal(String field, JsonNode node) {
    return switch (node) {
      case ObjectNode object -> sorted(object);
      case ArrayNode array -> array(field, array);
      case TextNode text -> text(field, text.textValue());
      default -> field.equals("last_modified") && node.isNumber() ? TextNode.valueOf("TIME") : node;
    };
  }

  private static JsonNode sorted(ObjectNode object) {
    var fields = new TreeMap<String, JsonNode>();
    object.properties().forEach(f -> fields.put(f.getKey(), normal(f.getKey(), f.getValue())));
    return JSON.valueToTree(fields);
  }

  private static JsonNode array(String field, ArrayNode array) {
    var items = new ArrayList<JsonNode>();
    array.forEach(item -> items.add(normal("", item)));
    boolean unordered = field.equals("offsets") || items.stream().allMatch(JsonNode::isTextual);
    if (unordered) items.sort(java.util.Comparator.comparing(JsonNode::toString));
    return JSON.valueToTree(items);
  }

  private static JsonNode text(String field, String text) {
    return TextNode.valueOf(
        switch (field) {
          case "trace" -> "TRACE";
          case "kafka_cluster_id" -> "CLUSTER";
          case "message" ->
              text.replaceAll("`(java|org|dev|com)\\.[\\w.$<>, ]+`", "`CLASS`")
                  .replaceAll("class [\\w.$]+", "class CLASS")
                  .replaceAll("\\b[\\w.$]+\\[\"", "CLASS[\"")
                  .replaceAll("enum constant [\\w.]+\\.InitialState", "enum constant STATE")
                  .replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "TIME");
          default -> text;
        });
  }
}
