package dev.millrace.connectors.jdbc;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;

/** From the rows of one result to Structs of one schema. Immutable. */
final class RowMapper {
  /** Digits after the point of a number whose column does not limit them. */
  private static final int UNLIMITED_SCALE = 38;

  /** All integers of up to this many digits fit into 64 bits. */
  private static final int LONG_DIGITS = 18;

  private final String signature;
  private final Schema schema;
  private final List<Column> columns;

  private RowMapper(String signature, Schema schema, List<Column> columns) {
    this.signature = signature;
    this.schema = schema;
    this.columns = List.copyOf(columns);
  }

  private interface Reader {
    Object read(ResultSet row, int index) throws SQLException;
  }

  private record Column(String name, int index, Schema schema, Reader reader) {}

  private record Typed(SchemaBuilder schema, Reader reader) {}

  /** How columns become fields. */
  record Rules(Dialect dialect, NumericMapping numeric, ZoneId zone) {}

  /** The mapper for a result; the last one when the columns are still the same. */
  static RowMapper of(ResultSetMetaData columns, String name, Rules rules, RowMapper last)
      throws SQLException {
    String signature = signature(columns);
    return last != null && last.signature.equals(signature)
        ? last
        : create(columns, name, rules, signature);
  }

  private static RowMapper create(
      ResultSetMetaData metaData, String name, Rules rules, String signature) throws SQLException {
    SchemaBuilder builder = SchemaBuilder.struct().name(name);
    List<Column> columns = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 1; i <= metaData.getColumnCount(); i++) {
      String label = metaData.getColumnLabel(i);
      if (!seen.add(label)) {
        throw new ConnectException(
            "The query has two columns named \"" + label + "\". Give one of them another name.");
      }
      Column column = column(metaData, i, rules);
      columns.add(column);
      builder.field(label, column.schema());
    }
    return new RowMapper(signature, builder.build(), columns);
  }

  private static String signature(ResultSetMetaData columns) throws SQLException {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      text.append(columns.getColumnLabel(i)).append('\0').append(columns.getColumnTypeName(i));
      text.append('\0').append(columns.getPrecision(i)).append('\0').append(columns.getScale(i));
      text.append('\0').append(columns.isNullable(i)).append('\n');
    }
    return text.toString();
  }

  private static Column column(ResultSetMetaData columns, int index, Rules rules)
      throws SQLException {
    Typed typed = typed(columns, index, rules);
    if (columns.isNullable(index) != ResultSetMetaData.columnNoNulls) {
      typed.schema().optional();
    }
    return new Column(columns.getColumnLabel(index), index, typed.schema().build(), typed.reader());
  }

  private static Typed typed(ResultSetMetaData columns, int index, Rules rules)
      throws SQLException {
    return switch (rules.dialect().columnType(columns, index)) {
      case BOOLEAN -> new Typed(SchemaBuilder.bool(), ResultSet::getBoolean);
      case INT8 -> new Typed(SchemaBuilder.int8(), ResultSet::getByte);
      case INT16 -> new Typed(SchemaBuilder.int16(), ResultSet::getShort);
      case INT32 -> new Typed(SchemaBuilder.int32(), ResultSet::getInt);
      case INT64 -> new Typed(SchemaBuilder.int64(), ResultSet::getLong);
      case FLOAT32 -> new Typed(SchemaBuilder.float32(), ResultSet::getFloat);
      case FLOAT64 -> new Typed(SchemaBuilder.float64(), ResultSet::getDouble);
      case DECIMAL -> number(columns.getPrecision(index), columns.getScale(index), rules.numeric());
      case TEXT -> new Typed(SchemaBuilder.string(), ResultSet::getString);
      case BYTES -> new Typed(SchemaBuilder.bytes(), ResultSet::getBytes);
      case DATE -> new Typed(org.apache.kafka.connect.data.Date.builder(), RowMapper::date);
      case TIME -> new Typed(org.apache.kafka.connect.data.Time.builder(), RowMapper::time);
      case TIMESTAMP -> timestamp(columns.getColumnTypeName(index), rules);
    };
  }

  private static Typed timestamp(String typeName, Rules rules) {
    TimeKind kind = rules.dialect().timeKind(typeName);
    return new Typed(
        org.apache.kafka.connect.data.Timestamp.builder(),
        (row, index) -> kind.read(row, index, rules.zone()).map(ConnectTimes::of).orElse(null));
  }

  private static Object date(ResultSet row, int index) throws SQLException {
    LocalDate date = row.getObject(index, LocalDate.class);
    return date == null ? null : ConnectTimes.of(date.atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  private static Object time(ResultSet row, int index) throws SQLException {
    LocalTime time = row.getObject(index, LocalTime.class);
    return time == null ? null : ConnectTimes.ofMillis(time.toNanoOfDay() / 1_000_000);
  }

  /** The rules of {@code numeric.mapping}, as Confluent's connector documents them. */
  private static Typed number(int precision, int scale, NumericMapping mapping) {
    boolean limited = precision > 0;
    boolean best =
        mapping == NumericMapping.BEST_FIT || mapping == NumericMapping.BEST_FIT_EAGER_DOUBLE;
    if (limited && scale == 0 && precision <= LONG_DIGITS && mapping != NumericMapping.NONE) {
      return integer(precision);
    }
    boolean asDouble =
        !limited
            || (scale > 0
                && (precision <= LONG_DIGITS || mapping == NumericMapping.BEST_FIT_EAGER_DOUBLE));
    if (best && asDouble) {
      return new Typed(SchemaBuilder.float64(), ResultSet::getDouble);
    }
    int exactScale = limited ? scale : UNLIMITED_SCALE;
    return new Typed(
        org.apache.kafka.connect.data.Decimal.builder(exactScale),
        (row, index) -> decimal(row.getBigDecimal(index), exactScale));
  }

  private static Typed integer(int precision) {
    if (precision > 9) {
      return new Typed(SchemaBuilder.int64(), ResultSet::getLong);
    }
    if (precision > 4) {
      return new Typed(SchemaBuilder.int32(), ResultSet::getInt);
    }
    return precision > 2
        ? new Typed(SchemaBuilder.int16(), ResultSet::getShort)
        : new Typed(SchemaBuilder.int8(), ResultSet::getByte);
  }

  private static BigDecimal decimal(BigDecimal value, int scale) {
    return value == null ? null : value.setScale(scale, RoundingMode.UNNECESSARY);
  }

  /** The schema of all rows. */
  Schema schema() {
    return schema;
  }

  /** The row on which the result stands. */
  Struct map(ResultSet row) throws SQLException {
    Struct struct = new Struct(schema);
    for (Column column : columns) {
      struct.put(column.name(), value(row, column));
    }
    return struct;
  }

  private static Object value(ResultSet row, Column column) throws SQLException {
    try {
      Object value = column.reader().read(row, column.index());
      return row.wasNull() ? null : value;
    } catch (SQLException e) {
      if (e.getSQLState() != null && e.getSQLState().startsWith("08")) {
        throw e;
      }
      throw unreadable(row, column, e);
    } catch (ArithmeticException | DateTimeException | IllegalArgumentException e) {
      throw unreadable(row, column, e);
    }
  }

  private static DataException unreadable(ResultSet row, Column column, Exception cause)
      throws SQLException {
    return new DataException(
        "The value \""
            + row.getString(column.index())
            + "\" of column \""
            + column.name()
            + "\" does not fit into "
            + (column.schema().name() == null ? column.schema().type() : column.schema().name())
            + ": "
            + cause.getMessage()
            + ". Read the table through a query that casts the column.",
        cause);
  }
}
