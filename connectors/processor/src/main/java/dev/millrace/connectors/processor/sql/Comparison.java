package dev.millrace.connectors.processor.sql;

import dev.millrace.connectors.processor.row.Kind;
import dev.millrace.connectors.processor.row.Temporal;
import dev.millrace.connectors.processor.row.Value;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/** Comparison and SQL's three-valued logic. Stateless. */
final class Comparison {
  private Comparison() {}

  /** The truth of a comparison; unknown when a side is null. */
  static Value test(Value left, Value right, IntPredicate holds) {
    return left.isNull() || right.isNull()
        ? Value.UNKNOWN_TRUTH
        : Value.of(holds.test(compare(left, right)));
  }

  /**
   * Orders two values that are not null: numbers by value, whatever their types; text that meets a
   * date, time or timestamp is read as one.
   */
  static int compare(Value left, Value right) {
    if (left.kind().isNumeric() && right.kind().isNumeric()) {
      return numbers(left, right);
    }
    if (left.kind().isTemporal() && right.kind() == Kind.STRING) {
      return Long.compare(left.asLong(), Temporal.parse(left.kind(), (String) right.object()));
    }
    if (left.kind() == Kind.STRING && right.kind().isTemporal()) {
      return Long.compare(Temporal.parse(right.kind(), (String) left.object()), right.asLong());
    }
    if (left.kind() != right.kind() || left.kind() == Kind.COMPLEX) {
      throw new EvaluationException(
          "a %s cannot be compared with a %s; CAST one of them"
              .formatted(left.kind().label(), right.kind().label()));
    }
    return same(left, right);
  }

  private static int numbers(Value left, Value right) {
    if (left.object() instanceof Long a && right.object() instanceof Long b) {
      return Long.compare(a, b);
    }
    return finite(left) && finite(right)
        ? left.asDecimal().compareTo(right.asDecimal())
        : Double.compare(left.asDouble(), right.asDouble());
  }

  private static boolean finite(Value value) {
    return !(value.object() instanceof Double number) || Double.isFinite(number);
  }

  private static int same(Value left, Value right) {
    return switch (left.object()) {
      case Boolean truth -> truth.compareTo((Boolean) right.object());
      case Long number -> number.compareTo((Long) right.object());
      case byte[] bytes -> Arrays.compareUnsigned(bytes, (byte[]) right.object());
      default -> ((String) left.object()).compareTo((String) right.object());
    };
  }

  static Value not(Value value) {
    requireTruth(value);
    return value.isNull() ? Value.UNKNOWN_TRUTH : Value.of(!value.isTrue());
  }

  /** AND: false as soon as one side is, else unknown as soon as one side is. */
  static Value and(Value left, Value right) {
    requireTruth(left);
    requireTruth(right);
    if (isFalse(left) || isFalse(right)) {
      return Value.FALSE;
    }
    return left.isNull() || right.isNull() ? Value.UNKNOWN_TRUTH : Value.TRUE;
  }

  /** OR: true as soon as one side is, else unknown as soon as one side is. */
  static Value or(Value left, Value right) {
    return not(and(not(left), not(right)));
  }

  /** IN: true when one is equal, else unknown when one was null. */
  static Value in(Value left, List<Value> options) {
    Value result = Value.FALSE;
    for (Value option : options) {
      result = or(result, test(left, option, order -> order == 0));
    }
    return result;
  }

  private static boolean isFalse(Value value) {
    return !value.isNull() && !value.isTrue();
  }

  /** Only truth values (and untyped nulls) may stand where a condition is wanted. */
  static void requireTruth(Value value) {
    if (value.kind() != Kind.BOOLEAN && value.kind() != Kind.UNKNOWN) {
      throw new EvaluationException("a condition is wanted here, not a " + value.kind().label());
    }
  }
}
