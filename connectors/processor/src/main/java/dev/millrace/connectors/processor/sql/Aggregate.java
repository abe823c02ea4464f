package dev.millrace.connectors.processor.sql;

import dev.millrace.connectors.processor.row.Kind;
import dev.millrace.connectors.processor.row.Type;
import dev.millrace.connectors.processor.row.Value;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.Optional;

/**
 * The aggregate functions. Each keeps a count and a running value; nulls are left out, except by
 * COUNT(*). The names are not stored.
 */
public enum Aggregate {
  /** Rows, or rows in which the argument is not null. */
  COUNT,
  /** The sum: of integers an integer, of decimals a decimal, of doubles a double. */
  SUM,
  /** The least value. */
  MIN,
  /** The greatest value. */
  MAX,
  /** The mean, a double. */
  AVG;

  /** The function of a name in any case. */
  static Optional<Aggregate> named(String name) {
    try {
      return Optional.of(valueOf(name.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * What one call has gathered so far. Immutable.
   *
   * @param count values that were not null
   * @param value the sum, the least or the greatest so far; a null before the first
   */
  public record State(long count, Value value) {
    /** Before the first row. */
    public static final State EMPTY = new State(0, Value.NULL);
  }

  /**
   * The state with one more argument.
   *
   * @throws EvaluationException when a sum overflows or values cannot be compared
   */
  public State add(State state, Value argument) {
    if (argument.isNull()) {
      boolean untyped = state.value().kind() == Kind.UNKNOWN;
      return untyped ? new State(state.count(), Value.nullOf(argument.type())) : state;
    }
    Value value =
        switch (this) {
          case COUNT -> Value.NULL;
          case SUM, AVG -> sum(state.value(), argument);
          case MIN -> pick(state.value(), argument, -1);
          case MAX -> pick(state.value(), argument, 1);
        };
    return new State(Math.incrementExact(state.count()), value);
  }

  private Value sum(Value sum, Value argument) {
    if (!argument.kind().isNumeric()) {
      throw new EvaluationException(
          name() + " takes numbers, not a " + argument.kind().label() + "; CAST it first");
    }
    Value exact = this == AVG && argument.kind() == Kind.INTEGER ? decimal(argument) : argument;
    Value start = sum.isNull() ? Value.of(0) : sum;
    return Arithmetic.apply(Arithmetic.Op.PLUS, start, exact);
  }

  /** AVG sums integers as decimals, so that it has no overflow. */
  private static Value decimal(Value integer) {
    return Value.of(integer.asDecimal());
  }

  private static Value pick(Value best, Value argument, int sign) {
    boolean better = best.isNull() || Integer.signum(Comparison.compare(argument, best)) == sign;
    return better ? argument : best;
  }

  /** The function's result for a state. */
  public Value result(State state) {
    return switch (this) {
      case COUNT -> Value.of(state.count());
      case MIN, MAX -> state.value();
      case SUM -> state.value().isNull() ? Value.nullOf(sumType(state.value())) : state.value();
      case AVG -> state.count() == 0 ? Value.nullOf(Type.FLOAT64) : Value.of(average(state));
    };
  }

  private static Type sumType(Value nothing) {
    return switch (nothing.kind()) {
      case FLOAT -> Type.FLOAT64;
      case DECIMAL -> nothing.type();
      default -> Type.INT64;
    };
  }

  private static double average(State state) {
    return state.value().kind() == Kind.FLOAT
        ? state.value().asDouble() / state.count()
        : state
            .value()
            .asDecimal()
            .divide(BigDecimal.valueOf(state.count()), MathContext.DECIMAL128)
            .doubleValue();
  }
}
