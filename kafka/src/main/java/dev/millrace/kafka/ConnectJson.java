package dev.millrace.kafka;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON of Kafka Connect's offset topic, byte for byte (compat: internal topics §1, §8):
 * compact, fields in the iteration order of the map, bytes as base64 text. Stateless and
 * thread-safe.
 */
public final class ConnectJson {

  /** What an offset key says. A {@code null} partition is legal. */
  public record OffsetKey(String connector, Optional<Map<String, Object>> partition) {}

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS).build();

  private ConnectJson() {}

  /**
   * The key of a source partition.
   *
   * @param partition may be {@code null}
   * @throws IllegalArgumentException when a field is not named by a string or holds no primitive
   */
  public static byte[] encodeKey(String connector, Map<String, ?> partition) {
    return bytes(
        json -> {
          json.writeStartArray();
          json.writeString(connector);
          writeMap(json, partition);
          json.writeEndArray();
        });
  }

  /**
   * The value of a source offset; {@code null} (a tombstone) for {@code null}.
   *
   * @throws IllegalArgumentException when a field is not named by a string or holds no primitive
   */
  public static byte[] encodeValue(Map<String, ?> offset) {
    return offset == null ? null : bytes(json -> writeMap(json, offset));
  }

  /** Reads a key; empty when it is not an array of a string and an object or null. */
  public static Optional<OffsetKey> decodeKey(byte[] key) {
    if (key == null) {
      return Optional.empty();
    }
    try {
      JsonNode node = MAPPER.readTree(key);
      boolean shaped =
          node.isArray()
              && node.size() == 2
              && node.get(0).isTextual()
              && (node.get(1).isObject() || node.get(1).isNull());
      return shaped
          ? Optional.of(new OffsetKey(node.get(0).textValue(), map(node.get(1))))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads a value: integers are Long, floats Double, bytes stay base64 text.
   *
   * @throws IllegalArgumentException when the bytes are not a JSON object
   */
  public static Map<String, Object> decodeValue(byte[] value) {
    try {
      return map(MAPPER.readTree(value))
          .orElseThrow(
              () -> new IllegalArgumentException("The offset is JSON null, not an object"));
    } catch (IOException e) {
      throw new IllegalArgumentException("The offset is not JSON: " + e.getMessage(), e);
    }
  }

  private interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  private static byte[] bytes(Writing writing) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = MAPPER.createGenerator(out)) {
      writing.to(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void writeMap(JsonGenerator json, Map<?, ?> map) throws IOException {
    if (map == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    for (Map.Entry<?, ?> field : map.entrySet()) {
      if (!(field.getKey() instanceof String name)) {
        throw new IllegalArgumentException(
            "A source partition or offset has the field '%s', whose name is not a string"
                .formatted(field.getKey()));
      }
      json.writeFieldName(name);
      writeValue(json, name, field.getValue());
    }
    json.writeEndObject();
  }

  private static void writeValue(JsonGenerator json, String name, Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case Boolean v -> json.writeBoolean(v);
      case Byte v -> json.writeNumber(v.intValue());
      case Short v -> json.writeNumber(v.intValue());
      case Integer v -> json.writeNumber(v);
      case Long v -> json.writeNumber(v);
      case Float v -> json.writeNumber(v);
      case Double v -> json.writeNumber(v);
      case String v -> json.writeString(v);
      case byte[] v -> json.writeBinary(v);
      case ByteBuffer v -> json.writeBinary(copy(v));
      default ->
          throw new IllegalArgumentException(
              "The field '%s' of a source partition or offset is a %s; only null, booleans, integers, floats, strings and bytes can be stored"
                  .formatted(name, value.getClass().getName()));
    }
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static Optional<Map<String, Object>> map(JsonNode node) {
    if (node.isNull()) {
      return Optional.empty();
    }
    if (!node.isObject()) {
      throw new IllegalArgumentException("A JSON object is expected, not " + node.getNodeType());
    }
    Map<String, Object> result = new LinkedHashMap<>();
    node.properties().forEach(field -> result.put(field.getKey(), value(field.getValue())));
    return Optional.of(result);
  }

  private static Object value(JsonNode node) {
    return switch (node.getNodeType()) {
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> node.isIntegralNumber() ? (Object) node.longValue() : node.doubleValue();
      case STRING -> node.textValue();
      case OBJECT -> map(node).orElseThrow();
      case ARRAY -> list(node);
      case NULL, MISSING, BINARY, POJO -> null;
    };
  }

  private static List<Object> list(JsonNode array) {
    List<Object> result = new ArrayList<>();
    array.forEach(element -> result.add(value(element)));
    return result;
  }
}
