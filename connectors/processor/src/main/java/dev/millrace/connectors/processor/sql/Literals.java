package dev.millrace.connectors.processor.sql;

import dev.millrace.connectors.processor.row.Kind;
import dev.millrace.connectors.processor.row.Temporal;
import dev.millrace.connectors.processor.row.Type;
import dev.millrace.connectors.processor.row.Value;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlUnknownLiteral;
import org.apache.calcite.util.BitString;

/** Literals and type names of the SQL text. Stateless. */
final class Literals {
  private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  private Literals() {}

  /** The value of a literal; empty when its type is not supported. */
  static Optional<Value> value(SqlLiteral literal) {
    if (literal instanceof SqlUnknownLiteral unknown) {
      return temporal(unknown.tag, unknown.getValueAs(String.class));
    }
    return switch (literal.getTypeName()) {
      case NULL -> Optional.of(Value.NULL);
      case BOOLEAN ->
          Optional.of(
              literal.getValue() == null ? Value.UNKNOWN_TRUTH : Value.of(literal.booleanValue()));
      case DECIMAL, DOUBLE -> Optional.of(number((SqlNumericLiteral) literal));
      case CHAR -> Optional.of(Value.of(literal.getValueAs(String.class)));
      case BINARY ->
          Optional.of(new Value(Type.BYTES, literal.getValueAs(BitString.class).getAsByteArray()));
      case DATE, TIME, TIMESTAMP ->
          temporal(literal.getTypeName().getName(), quoted(literal.toString()));
      default -> Optional.empty();
    };
  }

  private static String quoted(String literal) {
    return literal.substring(literal.indexOf('\'') + 1, literal.lastIndexOf('\''));
  }

  private static Value number(SqlNumericLiteral literal) {
    BigDecimal number = literal.getValueAs(BigDecimal.class);
    if (literal.getTypeName() == org.apache.calcite.sql.type.SqlTypeName.DOUBLE) {
      return Value.of(number.doubleValue());
    }
    boolean whole = literal.isInteger() && number.compareTo(LONG_MAX) <= 0;
    return whole ? Value.of(number.longValueExact()) : Value.of(number);
  }

  private static Optional<Value> temporal(String tag, String text) {
    Type type =
        switch (tag.toUpperCase(Locale.ROOT)) {
          case "DATE" -> Type.DATE;
          case "TIME" -> Type.TIME;
          case "TIMESTAMP" -> Type.TIMESTAMP;
          default -> Type.UNKNOWN;
        };
    if (type.kind() == Kind.UNKNOWN) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Value(type, Temporal.parse(type.kind(), text)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** What a type's name in CAST stands for; precision and scale are negative when not given. */
  static Optional<Casts.Target> castTarget(String name, int precision, int scale) {
    return Optional.ofNullable(
        switch (name) {
          case "BOOLEAN" -> Casts.Target.of(Type.BOOLEAN);
          case "TINYINT" -> Casts.Target.of(Type.INT8);
          case "SMALLINT" -> Casts.Target.of(Type.INT16);
          case "INTEGER", "INT" -> Casts.Target.of(Type.INT32);
          case "BIGINT" -> Casts.Target.of(Type.INT64);
          case "REAL" -> Casts.Target.of(Type.FLOAT32);
          case "FLOAT", "DOUBLE" -> Casts.Target.of(Type.FLOAT64);
          case "DECIMAL", "NUMERIC" -> Casts.Target.decimal(precision, Math.max(scale, 0));
          case "CHAR", "VARCHAR", "STRING", "TEXT" -> new Casts.Target(Type.STRING, precision);
          case "DATE" -> Casts.Target.of(Type.DATE);
          case "TIME" -> Casts.Target.of(Type.TIME);
          case "TIMESTAMP" -> Casts.Target.of(Type.TIMESTAMP);
          default -> null;
        });
  }
}
