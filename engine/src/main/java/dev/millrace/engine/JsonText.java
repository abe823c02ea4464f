package dev.millrace.engine;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.Iterator;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/**
 * JSON of data that a converter may have refused: whatever a plugin put into a record, valid or
 * not. Never throws. Stateless.
 */
final class JsonText {
  private static final int DEEPEST = 64;

  private final StringBuilder out = new StringBuilder();

  private JsonText() {}

  /** The bytes of a key, value or header: bytes and text as they are, null, or else JSON. */
  static byte[] bytes(Object value) {
    return switch (value) {
      case null -> null;
      case byte[] bytes -> bytes;
      case ByteBuffer buffer -> copy(buffer);
      case String text -> text.getBytes(StandardCharsets.UTF_8);
      default -> of(value).getBytes(StandardCharsets.UTF_8);
    };
  }

  /** The JSON of a value. What has no JSON becomes its text. */
  static String of(Object value) {
    JsonText json = new JsonText();
    try {
      json.add(value, 0);
      return json.out.toString();
    } catch (RuntimeException | StackOverflowError e) { // of a plugin's own classes
      return quoted("(" + value.getClass().getName() + " that cannot be shown: " + e + ")");
    }
  }

  private static String quoted(String text) {
    JsonText json = new JsonText();
    json.addText(text);
    return json.out.toString();
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private void add(Object value, int depth) {
    if (depth > DEEPEST) {
      addText("(deeper than " + DEEPEST + ")");
      return;
    }
    switch (value) {
      case null -> out.append("null");
      case Struct struct -> addStruct(struct, depth);
      case Map<?, ?> map -> addMap(map, depth);
      case Collection<?> list -> addList(list, depth);
      case byte[] bytes -> addText(Base64.getEncoder().encodeToString(bytes));
      case ByteBuffer buffer -> addText(Base64.getEncoder().encodeToString(copy(buffer)));
      case BigDecimal number -> out.append(number.toPlainString());
      case Double number -> addFloating(number);
      case Float number -> addFloating(number.doubleValue());
      case Boolean flag -> out.append(flag);
      case Byte number -> out.append(number);
      case Short number -> out.append(number);
      case Integer number -> out.append(number);
      case Long number -> out.append(number);
      case BigInteger number -> out.append(number);
      case Date date -> addText(date.toInstant().toString());
      default -> addText(String.valueOf(value));
    }
  }

  private void addFloating(double number) {
    if (Double.isFinite(number)) {
      out.append(number);
    } else {
      addText(Double.toString(number));
    }
  }

  private void addStruct(Struct struct, int depth) {
    String separator = "{";
    for (Field field : struct.schema().fields()) {
      addEntry(separator, field.name(), struct.getWithoutDefault(field.name()), depth);
      separator = ",";
    }
    out.append(separator.equals("{") ? "{}" : "}");
  }

  private void addMap(Map<?, ?> map, int depth) {
    String separator = "{";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      addEntry(separator, String.valueOf(entry.getKey()), entry.getValue(), depth);
      separator = ",";
    }
    out.append(separator.equals("{") ? "{}" : "}");
  }

  private void addEntry(String separator, String name, Object value, int depth) {
    out.append(separator);
    addText(name);
    out.append(':');
    add(value, depth + 1);
  }

  private void addList(Collection<?> list, int depth) {
    out.append('[');
    for (Iterator<?> each = list.iterator(); each.hasNext(); ) {
      add(each.next(), depth + 1);
      out.append(each.hasNext() ? "," : "");
    }
    out.append(']');
  }

  private void addText(String text) {
    out.append('"');
    text.chars().forEach(c -> addCharacter((char) c));
    out.append('"');
  }

  private void addCharacter(char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> out.append(c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
    }
  }
}
