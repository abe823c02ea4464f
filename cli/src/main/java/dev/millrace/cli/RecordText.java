package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;

/**
 * Records as lines for people. JSON in Kafka Connect's envelope is unwrapped, and the values its
 * schema encodes (decimals, dates, times, time stamps) are written as one reads them. Used by one
 * thread.
 */
final class RecordText implements AutoCloseable {
  private final JsonConverter converter = new JsonConverter();

  RecordText() {
    converter.configure(Map.of("schemas.enable", "true", "converter.type", "value"));
  }

  /** {@code partition:offset time key → value}. */
  String line(ConsumerRecord<byte[], byte[]> record) {
    return "%d:%d %s %s → %s"
        .formatted(
            record.partition(),
            record.offset(),
            Instant.ofEpochMilli(record.timestamp()),
            text(record.key()),
            text(record.value()));
  }

  /** One key or value. */
  String text(byte[] bytes) {
    if (bytes == null) {
      return "null";
    }
    return Json.read(bytes)
        .filter(JsonNode::isContainerNode) // a number or a text is shown as it was written
        .flatMap(node -> json(bytes, node))
        .or(() -> plain(bytes))
        .orElseGet(
            () ->
                "%d bytes: %s".formatted(bytes.length, Base64.getEncoder().encodeToString(bytes)));
  }

  /** Empty when it cannot be written out, such as a number with a huge exponent. */
  private Optional<String> json(byte[] bytes, JsonNode node) {
    try {
      return Optional.of(isEnvelope(node) ? unwrapped(bytes, node) : Json.line(node));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isEnvelope(JsonNode node) {
    return node.isObject() && node.size() == 2 && node.has("schema") && node.has("payload");
  }

  private String unwrapped(byte[] bytes, JsonNode node) {
    try {
      SchemaAndValue read = converter.toConnectData("", bytes);
      return Json.line(readable(read.schema(), read.value()));
    } catch (DataException e) { // a schema of somebody else's
      return Json.line(node.get("payload"));
    }
  }

  private static Object readable(Schema schema, Object value) {
    return switch (value) {
      case null -> null;
      case Struct struct -> fields(struct);
      case BigDecimal decimal -> decimal.toPlainString();
      case java.util.Date date -> moment(schema, date.toInstant());
      case ByteBuffer buffer -> Base64.getEncoder().encodeToString(bytes(buffer));
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      case List<?> list -> items(schema, list);
      case Map<?, ?> map -> entries(schema, map);
      default -> value;
    };
  }

  private static Map<String, Object> fields(Struct struct) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (Field field : struct.schema().fields()) {
      fields.put(field.name(), readable(field.schema(), struct.get(field)));
    }
    return fields;
  }

  private static List<Object> items(Schema schema, List<?> list) {
    Schema item = schema == null ? null : schema.valueSchema();
    List<Object> items = new ArrayList<>();
    list.forEach(value -> items.add(readable(item, value)));
    return items;
  }

  private static Map<String, Object> entries(Schema schema, Map<?, ?> map) {
    Schema item = schema == null ? null : schema.valueSchema();
    Map<String, Object> entries = new LinkedHashMap<>();
    map.forEach((key, value) -> entries.put(String.valueOf(key), readable(item, value)));
    return entries;
  }

  /** What a date means is in its schema's name only. */
  private static String moment(Schema schema, Instant instant) {
    String name = schema == null || schema.name() == null ? "" : schema.name();
    return switch (name) {
      case Date.LOGICAL_NAME -> LocalDate.ofInstant(instant, ZoneOffset.UTC).toString();
      case Time.LOGICAL_NAME -> LocalTime.ofInstant(instant, ZoneOffset.UTC).toString();
      default -> instant.toString();
    };
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  /** Text without control characters; empty for anything else. */
  private static Optional<String> plain(byte[] bytes) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      boolean readable = text.chars().noneMatch(c -> Character.isISOControl(c) && c != '\t');
      return readable ? Optional.of(text.toString()) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    converter.close();
  }
}
