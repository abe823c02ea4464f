package dev.millrace.connectors.processor.row;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Values from and to JSON in the form that Kafka Connect's JsonConverter uses: decimals as base64
 * of the unscaled number (or as numbers), bytes as base64, dates as days, times and timestamps as
 * milliseconds. Stateless.
 */
final class JsonValues {
  private static final int MOST_DIGITS = 1000;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonValues() {}

  /** A value without schema: whole numbers are int64 (decimal beyond), others double. */
  static Value untyped(JsonNode node) {
    if (node == null) {
      return Value.NULL;
    }
    return switch (node.getNodeType()) {
      case NULL, MISSING -> Value.NULL;
      case BOOLEAN -> Value.of(node.booleanValue());
      case STRING -> Value.of(node.textValue());
      case NUMBER -> number(node);
      default -> new Value(Type.JSON, node);
    };
  }

  private static Value number(JsonNode node) {
    if (!node.isIntegralNumber()) {
      return Value.of(finite(node));
    }
    return node.canConvertToLong()
        ? Value.of(node.longValue())
        : Value.of(new BigDecimal(node.bigIntegerValue()));
  }

  /**
   * A value of a schema's field.
   *
   * @throws IllegalArgumentException when it does not fit the type
   */
  static Value typed(InputRow.Field field, JsonNode node) {
    JsonNode present = node == null || node.isNull() ? field.fallback() : node;
    Type type = field.type();
    if (present.isMissingNode() || present.isNull()) {
      return Value.nullOf(type);
    }
    try {
      return new Value(type, object(type, present));
    } catch (UncheckedIOException | ClassCastException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "column '" + field.name() + "' does not hold the " + type + " its schema tells", e);
    }
  }

  private static Object object(Type type, JsonNode node) {
    return switch (type.kind()) {
      case BOOLEAN -> expect(node.isBoolean(), node).booleanValue();
      case INTEGER, DATE, TIME, TIMESTAMP ->
          expect(node.isIntegralNumber() && node.canConvertToLong(), node).longValue();
      case FLOAT -> finite(expect(node.isNumber(), node));
      case STRING -> expect(node.isTextual(), node).textValue();
      case BYTES -> bytes(node);
      case DECIMAL -> decimal(type, node);
      case COMPLEX, UNKNOWN -> node;
    };
  }

  /** JSON has no form for what would be infinite: readers of the result would take it for 0. */
  private static double finite(JsonNode node) {
    double number = node.doubleValue();
    if (Double.isInfinite(number)) {
      throw new ArithmeticException("a number of the row is beyond a double");
    }
    return number;
  }

  private static BigDecimal decimal(Type type, JsonNode node) {
    return node.isNumber()
        ? scaled(node.decimalValue(), type)
        : new BigDecimal(new BigInteger(bytes(node)), type.scale());
  }

  /** A short number can have a billion digits: it is not written out. */
  private static BigDecimal scaled(BigDecimal number, Type type) {
    if (Math.abs((long) number.precision() - number.scale()) > MOST_DIGITS) {
      throw new ArithmeticException("a decimal of more than " + MOST_DIGITS + " digits");
    }
    return number.setScale(type.scale());
  }

  private static byte[] bytes(JsonNode node) {
    try {
      return expect(node.isTextual(), node).binaryValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode expect(boolean fits, JsonNode node) {
    if (!fits) {
      throw new ClassCastException("a JSON " + node.getNodeType());
    }
    return node;
  }

  /** The payload of an envelope: what the type's schema promises. */
  static JsonNode payload(Value value) {
    if (value.isNull()) {
      return NODES.nullNode();
    }
    return switch (value.kind()) {
      case DECIMAL -> NODES.binaryNode(((BigDecimal) value.object()).unscaledValue().toByteArray());
      case COMPLEX ->
          value.type().isSchemalessJson()
              ? NODES.textNode(value.object().toString())
              : (JsonNode) value.object();
      default -> plain(value);
    };
  }

  /** Plain JSON without a schema: decimals are numbers, objects stay objects. */
  static JsonNode plain(Value value) {
    return switch (value.object()) {
      case null -> NODES.nullNode();
      case Boolean truth -> NODES.booleanNode(truth);
      case Long number -> NODES.numberNode(number);
      case Double number -> NODES.numberNode(number);
      case BigDecimal number -> NODES.numberNode(number);
      case String text -> NODES.textNode(text);
      case byte[] bytes -> NODES.binaryNode(bytes);
      case JsonNode node -> node;
      default -> throw new IllegalStateException("no JSON for " + value.object().getClass());
    };
  }
}
