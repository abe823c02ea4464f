package dev.millrace.connectors.processor.row;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads rows from record values. A JSON object is a row; an object with exactly {@code schema} and
 * {@code payload} is JsonConverter's envelope and is unwrapped. Everything else is skipped with a
 * reason. Owned by one thread: it remembers the schemas it has met (at most {@value #SCHEMAS}).
 */
public final class RowReader {
  private static final int SCHEMAS = 256;
  private static final ObjectReader JSON =
      new ObjectMapper()
          .reader()
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);

  private final Map<JsonNode, InputRow.Shape> shapes =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<JsonNode, InputRow.Shape> eldest) {
          return size() > SCHEMAS;
        }
      };
  private JsonNode lastSchema;
  private InputRow.Shape lastShape;

  /** A row, or why there is none. */
  public sealed interface Reading permits Row, Skip {}

  /**
   * A row.
   *
   * @param row the row
   */
  public record Row(InputRow row) implements Reading {}

  /**
   * No row.
   *
   * @param reason why not, without the record's content
   * @param poison whether the record cannot be read at all (as opposed to a tombstone)
   */
  public record Skip(String reason, boolean poison) implements Reading {}

  /** Reads one record's value; never throws for what the bytes hold. */
  public Reading read(byte[] value) {
    if (value == null || value.length == 0) {
      return new Skip("it is a tombstone", false);
    }
    try {
      return read(JSON.readTree(value));
    } catch (JsonProcessingException e) {
      return new Skip("it is not JSON (" + place(e) + ")", true);
    } catch (IOException | IllegalArgumentException e) {
      return new Skip(String.valueOf(e.getMessage()), true);
    }
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null ? "unknown place" : "byte " + e.getLocation().getByteOffset();
  }

  private Reading read(JsonNode node) {
    if (!(node instanceof ObjectNode object)) {
      return new Skip("it is a JSON " + node.getNodeType() + ", not an object", false);
    }
    boolean envelope = object.size() == 2 && object.has("schema") && object.has("payload");
    return envelope ? unwrap(object) : new Row(new InputRow(object, Optional.empty()));
  }

  private Reading unwrap(ObjectNode envelope) {
    JsonNode schema = envelope.get("schema");
    JsonNode payload = envelope.get("payload");
    if (payload.isNull()) {
      return new Skip("its payload is null", false);
    }
    if (!(payload instanceof ObjectNode object)) {
      return new Skip("its payload is a JSON " + payload.getNodeType() + ", not an object", false);
    }
    boolean struct = schema.path("type").asText().equals("struct");
    return new Row(new InputRow(object, struct ? Optional.of(shape(schema)) : Optional.empty()));
  }

  private InputRow.Shape shape(JsonNode schema) {
    if (!schema.equals(lastSchema)) {
      lastShape = shapes.computeIfAbsent(schema, InputRow.Shape::of);
      lastSchema = schema;
    }
    return lastShape;
  }
}
