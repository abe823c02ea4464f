package dev.millrace.connectors.processor.sql;

import dev.millrace.connectors.processor.row.Kind;
import dev.millrace.connectors.processor.row.Temporal;
import dev.millrace.connectors.processor.row.Type;
import dev.millrace.connectors.processor.row.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** CAST. What does not fit is an error, never cut off, except text to a shorter VARCHAR. */
final class Casts {
  private static final int MAX_PRECISION = 1000;

  private Casts() {}

  /**
   * A target of CAST.
   *
   * @param type the result's type
   * @param precision digits of a decimal, or characters of a text; -1 where not limited
   */
  record Target(Type type, int precision) {
    static final int UNLIMITED = -1;

    static Target of(Type type) {
      return new Target(type, UNLIMITED);
    }

    static Target decimal(int precision, int scale) {
      return new Target(Type.decimal(scale), precision < 0 ? MAX_PRECISION : precision);
    }
  }

  static Value cast(Value value, Target target) {
    if (value.isNull()) {
      return Value.nullOf(target.type());
    }
    try {
      return new Value(target.type(), convert(value, target));
    } catch (NumberFormatException e) {
      throw refused(value, target);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new EvaluationException(e.getMessage());
    }
  }

  private static Object convert(Value value, Target target) {
    return switch (target.type().kind()) {
      case BOOLEAN -> truth(value, target);
      case INTEGER -> integer(value, target);
      case DECIMAL -> decimal(value, target);
      case FLOAT -> floating(value, target);
      case STRING -> text(value, target);
      case DATE, TIME, TIMESTAMP -> temporal(value, target);
      case BYTES, COMPLEX, UNKNOWN -> throw refused(value, target);
    };
  }

  private static EvaluationException refused(Value value, Target target) {
    return new EvaluationException(
        "a %s of this value cannot be cast to %s".formatted(value.kind().label(), target.type()));
  }

  private static Object truth(Value value, Target target) {
    if (value.kind() == Kind.BOOLEAN) {
      return value.object();
    }
    if (value.kind() == Kind.INTEGER) {
      return value.asLong() != 0;
    }
    return switch (value.text().strip().toLowerCase(Locale.ROOT)) {
      case "true", "t", "1" -> true;
      case "false", "f", "0" -> false;
      default -> throw refused(value, target);
    };
  }

  private static Object integer(Value value, Target target) {
    long number = number(value, target).setScale(0, RoundingMode.HALF_UP).longValueExact();
    long limit = 1L << (target.type().bits() - 1);
    if (target.type().bits() < Long.SIZE && (number >= limit || number < -limit)) {
      throw new EvaluationException(number + " is beyond " + target.type());
    }
    return number;
  }

  private static BigDecimal number(Value value, Target target) {
    return switch (value.kind()) {
      case INTEGER, DECIMAL, FLOAT -> value.asDecimal();
      case BOOLEAN -> value.isTrue() ? BigDecimal.ONE : BigDecimal.ZERO;
      case STRING -> parsed(((String) value.object()).strip());
      default -> throw refused(value, target);
    };
  }

  /** A short text can be a number of a billion digits: it is not written out. */
  private static BigDecimal parsed(String text) {
    BigDecimal number = new BigDecimal(text);
    if (Math.abs((long) number.precision() - number.scale()) > MAX_PRECISION) {
      throw new EvaluationException(text + " is beyond a decimal of 1000 digits");
    }
    return number;
  }

  private static Object decimal(Value value, Target target) {
    BigDecimal number = number(value, target).setScale(target.type().scale(), RoundingMode.HALF_UP);
    if (number.precision() > target.precision()) {
      throw new EvaluationException(
          "%s has more than the %d digits of the decimal it is cast to"
              .formatted(number.toPlainString(), target.precision()));
    }
    return number;
  }

  private static Object floating(Value value, Target target) {
    double given =
        value.kind() == Kind.FLOAT ? value.asDouble() : number(value, target).doubleValue();
    double number =
        target.type().equals(Type.FLOAT32)
            ? Double.parseDouble(Float.toString((float) given))
            : given;
    if (Double.isInfinite(number) && !(value.object() instanceof Double d && d.isInfinite())) {
      throw new EvaluationException("the number is beyond " + target.type());
    }
    return number;
  }

  private static Object text(Value value, Target target) {
    String text = value.text();
    boolean tooLong =
        target.precision() >= 0 && text.codePointCount(0, text.length()) > target.precision();
    return tooLong ? text.substring(0, text.offsetByCodePoints(0, target.precision())) : text;
  }

  private static Object temporal(Value value, Target target) {
    Kind kind = target.type().kind();
    if (value.kind() == kind) {
      return value.object();
    }
    if (value.object() instanceof String text) {
      return Temporal.parse(kind, text);
    }
    long day = TimeUnit.DAYS.toMillis(1);
    if (value.kind() == Kind.DATE && kind == Kind.TIMESTAMP) {
      return Math.multiplyExact(value.asLong(), day);
    }
    if (value.kind() != Kind.TIMESTAMP) {
      throw refused(value, target);
    }
    return kind == Kind.DATE
        ? Math.floorDiv(value.asLong(), day)
        : Math.floorMod(value.asLong(), day);
  }
}
