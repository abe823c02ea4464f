package dev.millrace.connectors.processor.sql;

import dev.millrace.connectors.processor.row.Kind;
import dev.millrace.connectors.processor.row.Type;
import dev.millrace.connectors.processor.row.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A function over values that gives null when one of its arguments is null.
 *
 * @param name the name in upper case
 * @param result the type of a null result; UNKNOWN: that of the first argument
 * @param least fewest arguments
 * @param most most arguments
 * @param body the function over arguments of which none is null
 */
record ScalarFunction(
    String name, Type result, int least, int most, Function<List<Value>, Value> body) {
  private static final int MANY = 100;
  private static final int MOST_DIGITS = 1000;

  /** All functions by name. */
  static final Map<String, ScalarFunction> ALL =
      Stream.of(
              new ScalarFunction("UPPER", Type.STRING, 1, 1, a -> upper(a.get(0))),
              new ScalarFunction("LOWER", Type.STRING, 1, 1, a -> lower(a.get(0))),
              new ScalarFunction("SUBSTRING", Type.STRING, 2, 3, ScalarFunction::substring),
              new ScalarFunction("CONCAT", Type.STRING, 1, MANY, ScalarFunction::concat),
              new ScalarFunction("||", Type.STRING, 2, 2, ScalarFunction::concat),
              new ScalarFunction("CHAR_LENGTH", Type.INT64, 1, 1, a -> length(a.get(0))),
              new ScalarFunction("CHARACTER_LENGTH", Type.INT64, 1, 1, a -> length(a.get(0))),
              new ScalarFunction("LENGTH", Type.INT64, 1, 1, a -> length(a.get(0))),
              new ScalarFunction("REPLACE", Type.STRING, 3, 3, ScalarFunction::replace),
              new ScalarFunction("POSITION", Type.INT64, 2, 2, ScalarFunction::position),
              new ScalarFunction(
                  "LEFT", Type.STRING, 2, 2, a -> left(text(a.get(0)), whole(a.get(1)))),
              new ScalarFunction(
                  "RIGHT", Type.STRING, 2, 2, a -> right(text(a.get(0)), whole(a.get(1)))),
              new ScalarFunction("ABS", Type.UNKNOWN, 1, 1, a -> abs(a.get(0))),
              new ScalarFunction("ROUND", Type.UNKNOWN, 1, 2, ScalarFunction::round),
              new ScalarFunction(
                  "FLOOR", Type.UNKNOWN, 1, 1, a -> toWhole(a.get(0), RoundingMode.FLOOR)),
              new ScalarFunction(
                  "CEIL", Type.UNKNOWN, 1, 1, a -> toWhole(a.get(0), RoundingMode.CEILING)),
              new ScalarFunction(
                  "CEILING", Type.UNKNOWN, 1, 1, a -> toWhole(a.get(0), RoundingMode.CEILING)),
              new ScalarFunction("MOD", Type.UNKNOWN, 2, 2, ScalarFunction::mod),
              new ScalarFunction("POWER", Type.FLOAT64, 2, 2, ScalarFunction::power))
          .collect(Collectors.toUnmodifiableMap(ScalarFunction::name, f -> f));

  Value apply(List<Value> arguments) {
    for (Value argument : arguments) {
      if (argument.isNull()) {
        return Value.nullOf(result.equals(Type.UNKNOWN) ? arguments.get(0).type() : result);
      }
    }
    return body.apply(arguments);
  }

  /** The argument as text; numbers, dates and truth values are written out. */
  private static String written(Value value) {
    if (value.kind() == Kind.COMPLEX || value.kind() == Kind.BYTES) {
      throw wants("text", value);
    }
    return value.text();
  }

  static String text(Value value) {
    if (value.object() instanceof String text) {
      return text;
    }
    throw wants("text", value);
  }

  private static long whole(Value value) {
    if (value.kind() == Kind.INTEGER) {
      return value.asLong();
    }
    throw wants("an integer", value);
  }

  private static Value number(Value value) {
    if (value.kind().isNumeric()) {
      return value;
    }
    throw wants("a number", value);
  }

  private static EvaluationException wants(String wanted, Value value) {
    return new EvaluationException(
        wanted + " is wanted here, not a " + value.kind().label() + "; CAST it first");
  }

  private static Value upper(Value value) {
    return Value.of(text(value).toUpperCase(Locale.ROOT));
  }

  private static Value lower(Value value) {
    return Value.of(text(value).toLowerCase(Locale.ROOT));
  }

  private static Value length(Value value) {
    String text = text(value);
    return Value.of(text.codePointCount(0, text.length()));
  }

  private static Value concat(List<Value> arguments) {
    return Value.of(arguments.stream().map(ScalarFunction::written).collect(Collectors.joining()));
  }

  private static Value replace(List<Value> arguments) {
    String from = text(arguments.get(1));
    String text = text(arguments.get(0));
    return Value.of(from.isEmpty() ? text : text.replace(from, text(arguments.get(2))));
  }

  private static Value position(List<Value> arguments) {
    String text = text(arguments.get(1));
    int index = text.indexOf(text(arguments.get(0)));
    return Value.of(index < 0 ? 0L : text.codePointCount(0, index) + 1L);
  }

  /** SQL's SUBSTRING: positions count from 1; a start before the text uses up the length. */
  private static Value substring(List<Value> arguments) {
    String text = text(arguments.get(0));
    long start = whole(arguments.get(1));
    long end = Long.MAX_VALUE;
    if (arguments.size() == 3) {
      long count = whole(arguments.get(2));
      if (count < 0) {
        throw new EvaluationException("SUBSTRING's length is negative: " + count);
      }
      end = Math.min(Long.MAX_VALUE - Math.max(start, 0), count) + start;
    }
    return Value.of(slice(text, Math.max(start, 1) - 1, end - 1));
  }

  private static Value left(String text, long count) {
    return Value.of(slice(text, 0, Math.max(count, 0)));
  }

  private static Value right(String text, long count) {
    long length = text.codePointCount(0, text.length());
    return Value.of(slice(text, Math.max(length - Math.max(count, 0), 0), length));
  }

  /** Characters (code points) from one index up to, not including, another; clipped. */
  private static String slice(String text, long from, long to) {
    int length = text.codePointCount(0, text.length());
    int first = (int) Math.min(from, length);
    int last = (int) Math.max(first, Math.min(to, length));
    return text.substring(text.offsetByCodePoints(0, first), text.offsetByCodePoints(0, last));
  }

  private static Value abs(Value value) {
    return Comparison.compare(number(value), Value.of(0)) < 0 ? Arithmetic.negate(value) : value;
  }

  private static Value round(List<Value> arguments) {
    Value value = number(arguments.get(0));
    long digits = arguments.size() == 1 ? 0 : whole(arguments.get(1));
    if (Math.abs(digits) > MOST_DIGITS) {
      throw new EvaluationException(
          "ROUND takes at most " + MOST_DIGITS + " digits, not " + digits);
    }
    return scaled(value, (int) digits, RoundingMode.HALF_UP);
  }

  private static Value toWhole(Value value, RoundingMode mode) {
    return scaled(number(value), 0, mode);
  }

  private static Value scaled(Value value, int digits, RoundingMode mode) {
    return switch (value.kind()) {
      case INTEGER -> digits >= 0 ? value : wholeTo(value.asLong(), digits, mode);
      case FLOAT -> floating(value, digits, mode);
      case DECIMAL -> Value.of(value.asDecimal().setScale(digits, mode));
      default -> value;
    };
  }

  private static Value wholeTo(long number, int digits, RoundingMode mode) {
    return Value.of(BigDecimal.valueOf(number).setScale(digits, mode).longValueExact());
  }

  private static Value floating(Value value, int digits, RoundingMode mode) {
    return Double.isFinite(value.asDouble())
        ? Value.of(value.asDecimal().setScale(digits, mode).doubleValue())
        : value;
  }

  private static Value mod(List<Value> arguments) {
    return Arithmetic.apply(Arithmetic.Op.MOD, number(arguments.get(0)), number(arguments.get(1)));
  }

  private static Value power(List<Value> arguments) {
    double base = number(arguments.get(0)).asDouble();
    double result = Math.pow(base, number(arguments.get(1)).asDouble());
    if (!Double.isFinite(result)) {
      throw new EvaluationException("POWER has no finite value for " + base);
    }
    return Value.of(result);
  }

  /** TRIM: strips one character from one or both ends. */
  static Value trim(boolean leading, boolean trailing, Value character, Value value) {
    if (character.isNull() || value.isNull()) {
      return Value.nullOf(Value.of("").type());
    }
    String strip = text(character);
    String text = text(value);
    if (strip.codePointCount(0, strip.length()) != 1) {
      throw new EvaluationException("TRIM takes one character, not '" + strip + "'");
    }
    while (leading && text.startsWith(strip)) {
      text = text.substring(strip.length());
    }
    while (trailing && text.endsWith(strip)) {
      text = text.substring(0, text.length() - strip.length());
    }
    return Value.of(text);
  }

  /** The name nearest to an unknown one, or an empty text when none is near. */
  static String nearest(String name, List<String> others) {
    return Stream.concat(ALL.keySet().stream(), others.stream())
        .filter(known -> distance(known, name) <= (name.length() > 5 ? 2 : 1))
        .min(Comparator.comparingInt((String known) -> distance(known, name)).thenComparing(n -> n))
        .orElse("");
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
