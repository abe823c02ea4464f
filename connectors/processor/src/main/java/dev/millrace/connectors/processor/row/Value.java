package dev.millrace.connectors.processor.row;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Base64;

/**
 * One value of a row with its type; SQL's NULL where {@code object} is null. The object's class
 * follows the kind: Boolean, Long (integers, dates, times, timestamps), BigDecimal, Double, String,
 * byte[], JsonNode. Immutable as long as nobody changes a byte array.
 *
 * @param type the column's type, also for a null
 * @param object the value in the kind's class, or null
 */
public record Value(Type type, Object object) {
  /** A null of unknown type. */
  public static final Value NULL = new Value(Type.UNKNOWN, null);

  /** True. */
  public static final Value TRUE = new Value(Type.BOOLEAN, true);

  /** False. */
  public static final Value FALSE = new Value(Type.BOOLEAN, false);

  /** SQL's unknown truth value. */
  public static final Value UNKNOWN_TRUTH = new Value(Type.BOOLEAN, null);

  /** A truth value. */
  public static Value of(boolean truth) {
    return truth ? TRUE : FALSE;
  }

  /** An int64. */
  public static Value of(long number) {
    return new Value(Type.INT64, number);
  }

  /** A double. */
  public static Value of(double number) {
    return new Value(Type.FLOAT64, number);
  }

  /** A string. */
  public static Value of(String text) {
    return new Value(Type.STRING, text);
  }

  /** A decimal with the number's own scale; a negative scale becomes 0. */
  public static Value of(BigDecimal number) {
    BigDecimal scaled = number.scale() < 0 ? number.setScale(0) : number;
    return new Value(Type.decimal(scaled.scale()), scaled);
  }

  /** A null of a type. */
  public static Value nullOf(Type type) {
    return new Value(type, null);
  }

  /** What it is for SQL. */
  public Kind kind() {
    return type.kind();
  }

  /** Whether it is SQL's NULL. */
  public boolean isNull() {
    return object == null;
  }

  /** Whether it is the truth value true. */
  public boolean isTrue() {
    return Boolean.TRUE.equals(object);
  }

  /** The whole number of an integer, date, time or timestamp. */
  public long asLong() {
    return (Long) object;
  }

  /** The number of any numeric kind as a double. */
  public double asDouble() {
    return ((Number) object).doubleValue();
  }

  /**
   * The number of any numeric kind exactly; a double by its shortest decimal text.
   *
   * @throws ArithmeticException for a double that is not finite
   */
  public BigDecimal asDecimal() {
    return switch (object) {
      case Long number -> BigDecimal.valueOf(number);
      case BigDecimal number -> number;
      case Double number -> exactly(number);
      default -> throw new ArithmeticException("a " + kind().label() + " is not a number");
    };
  }

  private static BigDecimal exactly(double number) {
    if (!Double.isFinite(number)) {
      throw new ArithmeticException(number + " has no exact value");
    }
    return BigDecimal.valueOf(number);
  }

  /**
   * A text that two values share exactly when SQL's {@code =} (or both being null) makes them one
   * group: numbers are told apart by value only, not by type.
   *
   * @throws IllegalArgumentException for an object or array
   */
  public String canonical() {
    if (object == null) {
      return "0";
    }
    return switch (kind()) {
      case BOOLEAN -> "b" + object;
      case INTEGER, DECIMAL, FLOAT -> "n" + canonicalNumber();
      case STRING -> "s" + object;
      case BYTES -> "x" + Base64.getEncoder().encodeToString((byte[]) object);
      case DATE -> "d" + object;
      case TIME -> "t" + object;
      case TIMESTAMP -> "m" + object;
      case COMPLEX, UNKNOWN ->
          throw new IllegalArgumentException("an object or array cannot be grouped by");
    };
  }

  private String canonicalNumber() {
    if (object instanceof Double number && !Double.isFinite(number)) {
      return number.toString();
    }
    BigDecimal exact = asDecimal();
    return exact.signum() == 0 ? "0" : exact.stripTrailingZeros().toString();
  }

  /** The value as a person reads it in a message or casts it to text. */
  public String text() {
    return switch (object) {
      case null -> "null";
      case BigDecimal number -> number.toPlainString();
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      case JsonNode node -> node.toString();
      case Long number -> kind().isTemporal() ? Temporal.format(kind(), number) : number.toString();
      default -> object.toString();
    };
  }
}
