package dev.millrace.connectors.processor.sql;

import dev.millrace.connectors.processor.row.Kind;
import dev.millrace.connectors.processor.row.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Arithmetic with SQL's nulls: integers and decimals exactly, an overflow is an error and never
 * wraps; a double on one side makes it a double. Stateless.
 */
final class Arithmetic {
  private static final int LEAST_QUOTIENT_SCALE = 6;

  private Arithmetic() {}

  enum Op {
    PLUS("+"),
    MINUS("-"),
    TIMES("*"),
    DIVIDE("/"),
    MOD("%");

    private final String sign;

    Op(String sign) {
      this.sign = sign;
    }
  }

  static Value apply(Op op, Value left, Value right) {
    requireNumber(op, left);
    requireNumber(op, right);
    if (left.isNull() || right.isNull()) {
      return nullOf(left, right);
    }
    return switch (common(left, right)) {
      case FLOAT -> floating(op, left.asDouble(), right.asDouble());
      case DECIMAL -> decimal(op, left.asDecimal(), right.asDecimal());
      default -> integer(op, left.asLong(), right.asLong());
    };
  }

  static Value negate(Value value) {
    return apply(Op.MINUS, Value.of(0), value);
  }

  /** The kind in which two numbers are calculated. */
  private static Kind common(Value left, Value right) {
    if (left.kind() == Kind.FLOAT || right.kind() == Kind.FLOAT) {
      return Kind.FLOAT;
    }
    boolean decimal = left.kind() == Kind.DECIMAL || right.kind() == Kind.DECIMAL;
    return decimal ? Kind.DECIMAL : Kind.INTEGER;
  }

  private static Value nullOf(Value left, Value right) {
    return switch (common(left, right)) {
      case FLOAT -> Value.nullOf(Value.of(0.0).type());
      case DECIMAL -> Value.nullOf(left.kind() == Kind.DECIMAL ? left.type() : right.type());
      default -> left.kind() == Kind.UNKNOWN ? Value.NULL : Value.nullOf(Value.of(0).type());
    };
  }

  private static void requireNumber(Op op, Value value) {
    if (!value.kind().isNumeric() && value.kind() != Kind.UNKNOWN) {
      throw new EvaluationException(
          op.sign + " takes numbers, not a " + value.kind().label() + "; CAST it first");
    }
  }

  private static Value integer(Op op, long left, long right) {
    try {
      return Value.of(
          switch (op) {
            case PLUS -> Math.addExact(left, right);
            case MINUS -> Math.subtractExact(left, right);
            case TIMES -> Math.multiplyExact(left, right);
            case DIVIDE -> Math.divideExact(left, nonZero(right));
            case MOD -> left % nonZero(right);
          });
    } catch (ArithmeticException e) {
      throw new EvaluationException(
          left + " " + op.sign + " " + right + " is beyond a 64-bit integer");
    }
  }

  private static long nonZero(long divisor) {
    if (divisor == 0) {
      throw new EvaluationException("division by zero");
    }
    return divisor;
  }

  private static Value decimal(Op op, BigDecimal left, BigDecimal right) {
    if ((op == Op.DIVIDE || op == Op.MOD) && right.signum() == 0) {
      throw new EvaluationException("division by zero");
    }
    return Value.of(
        switch (op) {
          case PLUS -> left.add(right);
          case MINUS -> left.subtract(right);
          case TIMES -> left.multiply(right);
          case DIVIDE -> left.divide(right, quotientScale(left, right), RoundingMode.HALF_UP);
          case MOD ->
              left.remainder(right)
                  .setScale(Math.max(left.scale(), right.scale()), RoundingMode.UNNECESSARY);
        });
  }

  private static int quotientScale(BigDecimal left, BigDecimal right) {
    return Math.max(LEAST_QUOTIENT_SCALE, Math.max(left.scale(), right.scale()));
  }

  private static Value floating(Op op, double left, double right) {
    if ((op == Op.DIVIDE || op == Op.MOD) && right == 0) {
      throw new EvaluationException("division by zero");
    }
    double result =
        switch (op) {
          case PLUS -> left + right;
          case MINUS -> left - right;
          case TIMES -> left * right;
          case DIVIDE -> left / right;
          case MOD -> left % right;
        };
    if (Double.isInfinite(result) && Double.isFinite(left) && Double.isFinite(right)) {
      throw new EvaluationException(left + " " + op.sign + " " + right + " is beyond a double");
    }
    return Value.of(result);
  }
}
