package dev.millrace.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Compares two answers, apart from what differs on purpose. Stateless. */
final class ValidationDifferences {

  private ValidationDifferences() {}

  /** What differs, in words; empty when nothing does. */
  static List<String> between(JsonNode theirs, JsonNode ours) {
    var found = new ArrayList<String>();
    for (String field : List.of("error_code", "message", "name", "error_count", "groups")) {
      compare(field, theirs.path(field), ours.path(field), found);
    }
    compareEntries(theirs.path("configs"), ours.path("configs"), found);
    return found;
  }

  private static void compareEntries(JsonNode theirs, JsonNode ours, List<String> found) {
    compare("keys", names(theirs), names(ours), found);
    if (!found.isEmpty() && !names(theirs).equals(names(ours))) return;
    for (int i = 0; i < theirs.size(); i++) {
      var name = name(theirs.get(i));
      for (String half : List.of("definition", "value")) {
        compareFields(name, theirs.get(i).path(half), ours.get(i).path(half), found);
      }
    }
  }

  private static void compareFields(
      String name, JsonNode theirs, JsonNode ours, List<String> found) {
    if (!theirs.isObject() || !ours.isObject()) {
      compare(name, theirs, ours, found);
      return;
    }
    theirs
        .fieldNames()
        .forEachRemaining(
            field -> {
              if (!field.equals("documentation")) {
                compare(name + " " + field, theirs.path(field), ours.path(field), found);
              }
            });
    if (ours.size() != theirs.size()) found.add(name + " has other fields: " + ours);
  }

  private static void compare(String what, Object theirs, Object ours, List<String> found) {
    var a = normal(theirs);
    var b = normal(ours);
    if (!a.equals(b)) found.add(what + ": reference " + a + ", here " + b);
  }

  /** The converters that stand in for those of Kafka Connect's runtime have other class names. */
  private static String normal(Object value) {
    if (value instanceof ArrayNode list) {
      return StreamSupport.stream(list.spliterator(), false)
          .map(ValidationDifferences::normal)
          .sorted()
          .toList()
          .toString();
    }
    return value
        .toString()
        .replace("dev.millrace.plugins.converters.", "org.apache.kafka.connect.converters.");
  }

  private static List<String> names(JsonNode entries) {
    var names = new ArrayList<String>();
    entries.forEach(entry -> names.add(name(entry)));
    return names;
  }

  private static String name(JsonNode entry) {
    var half = entry.path("definition") instanceof ObjectNode d ? d : entry.path("value");
    return half.path("name").asText();
  }
}
