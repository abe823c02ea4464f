package dev.millrace.connectors.processor.row;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One row as it was read: a JSON object and, when it came in an envelope, the types of its columns.
 * Columns are found by their exact name, else by the name in any case. Immutable.
 */
public final class InputRow implements Scope {
  private final ObjectNode payload;
  private final Optional<Shape> shape;

  InputRow(ObjectNode payload, Optional<Shape> shape) {
    this.payload = payload;
    this.shape = shape;
  }

  /** The columns in their order. */
  public List<String> names() {
    if (shape.isPresent()) {
      return List.copyOf(shape.get().fields().keySet());
    }
    List<String> names = new ArrayList<>();
    payload.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Override
  public Value column(String name) {
    return shape.isPresent() ? typed(shape.get(), name) : JsonValues.untyped(find(name));
  }

  @Override
  public Value slot(int index) {
    throw new IllegalStateException("a row has no slots");
  }

  private Value typed(Shape columns, String name) {
    Field field = columns.find(name);
    return JsonValues.typed(field, payload.get(field.name()));
  }

  private JsonNode find(String name) {
    JsonNode exact = payload.get(name);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, JsonNode> entry : payload.properties()) {
      if (entry.getKey().equalsIgnoreCase(name)) {
        return entry.getValue();
      }
    }
    return null;
  }

  /** One column of a schema; {@code fallback} is the schema's default value, or a missing node. */
  record Field(String name, Type type, JsonNode fallback) {}

  /** The columns of one schema by name, in order. */
  record Shape(Map<String, Field> fields) {
    static Shape of(JsonNode schema) {
      Map<String, Field> fields = new LinkedHashMap<>();
      for (JsonNode field : schema.path("fields")) {
        String name = field.path("field").asText();
        fields.put(name, new Field(name, Type.of(field), field.path("default")));
      }
      return new Shape(fields);
    }

    Field find(String name) {
      Field exact = fields.get(name);
      return exact != null ? exact : findInAnyCase(name);
    }

    private Field findInAnyCase(String name) {
      return fields.values().stream()
          .filter(field -> field.name().equalsIgnoreCase(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "the row has no column '" + name + "'; it has " + fields.keySet()));
    }
  }
}
