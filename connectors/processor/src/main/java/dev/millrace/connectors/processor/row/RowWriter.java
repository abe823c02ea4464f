package dev.millrace.connectors.processor.row;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes rows as JSON: in JsonConverter's envelope with a schema, or plain. Owned by one thread: it
 * remembers the schemas it has built (at most {@value #SCHEMAS}).
 */
public final class RowWriter {
  private static final int SCHEMAS = 256;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final boolean withSchema;
  private final Map<Columns, ObjectNode> schemas =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Columns, ObjectNode> eldest) {
          return size() > SCHEMAS;
        }
      };

  private record Columns(List<String> names, List<Type> types) {}

  /**
   * Makes a writer.
   *
   * @param withSchema whether rows are written in an envelope with their schema
   */
  public RowWriter(boolean withSchema) {
    this.withSchema = withSchema;
  }

  /** The row as the bytes of a record's key or value. */
  public byte[] write(List<String> names, List<Value> values) {
    ObjectNode node = withSchema ? envelope(names, values) : plain(names, values);
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The row as plain JSON text. */
  public static String text(List<String> names, List<Value> values) {
    try {
      return JSON.writeValueAsString(plain(names, values));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode plain(List<String> names, List<Value> values) {
    ObjectNode node = JSON.createObjectNode();
    for (int i = 0; i < names.size(); i++) {
      node.set(names.get(i), JsonValues.plain(values.get(i)));
    }
    return node;
  }

  private ObjectNode envelope(List<String> names, List<Value> values) {
    List<Type> types = values.stream().map(Value::type).toList();
    ObjectNode envelope = JSON.createObjectNode();
    envelope.set("schema", schemas.computeIfAbsent(new Columns(names, types), RowWriter::schema));
    ObjectNode payload = envelope.putObject("payload");
    for (int i = 0; i < names.size(); i++) {
      payload.set(names.get(i), JsonValues.payload(values.get(i)));
    }
    return envelope;
  }

  private static ObjectNode schema(Columns columns) {
    ObjectNode schema = JSON.createObjectNode().put("type", "struct");
    ArrayNode fields = schema.putArray("fields");
    for (int i = 0; i < columns.names().size(); i++) {
      ObjectNode field = columns.types().get(i).schema().deepCopy();
      fields.add(field.put("field", columns.names().get(i)));
    }
    return schema.put("optional", false);
  }
}
