package dev.millrace.connectors.jdbc;

import java.sql.Connection;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Schema;

/** PostgreSQL. Stateless. */
final class PostgresDialect implements Dialect {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

  @Override
  public String quote() {
    return "\"";
  }

  @Override
  public Map<String, String> driverProperties() {
    return Map.of(
        "connectTimeout", "10",
        "socketTimeout", "600",
        "tcpKeepAlive", "true",
        "stringtype", "unspecified",
        "ApplicationName", "millrace");
  }

  @Override
  public void prepare(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
  }

  @Override
  public boolean streamsInTransaction() {
    return true;
  }

  @Override
  public String namespace(Connection connection) throws SQLException {
    String schema = connection.getSchema();
    return schema == null ? "public" : schema;
  }

  @Override
  public List<String> offsetNames(Connection connection, TableName qualified) throws SQLException {
    return List.of(qualified.dotted(), connection.getCatalog() + "." + qualified.dotted());
  }

  @Override
  public String utcNow() {
    return "SELECT CURRENT_TIMESTAMP AT TIME ZONE 'UTC'";
  }

  @Override
  public String timeLiteral(TimeKind kind, Object time) {
    return kind == TimeKind.INSTANT
        ? "TIMESTAMPTZ '" + TIME.format((OffsetDateTime) time) + "+00'"
        : "TIMESTAMP '" + TIME.format((LocalDateTime) time) + "'";
  }

  @Override
  public TimeKind timeKind(String typeName) {
    return typeName.equals("timestamptz") ? TimeKind.INSTANT : TimeKind.WALL_CLOCK;
  }

  @Override
  public ColumnType columnType(ResultSetMetaData columns, int column) throws SQLException {
    return switch (columns.getColumnTypeName(column)) {
      case "bool" -> ColumnType.BOOLEAN;
      case "int2", "smallserial" -> ColumnType.INT16;
      case "int4", "serial" -> ColumnType.INT32;
      case "int8", "bigserial", "oid" -> ColumnType.INT64;
      case "float4" -> ColumnType.FLOAT32;
      case "float8" -> ColumnType.FLOAT64;
      case "numeric" -> ColumnType.DECIMAL;
      case "bytea" -> ColumnType.BYTES;
      case "date" -> ColumnType.DATE;
      case "time" -> ColumnType.TIME;
      case "timestamp", "timestamptz" -> ColumnType.TIMESTAMP;
      default -> ofDomain(columns.getColumnType(column), columns.getColumnTypeName(column));
    };
  }

  /** Domains have names of their own; all that is neither number nor time is read as text. */
  private static ColumnType ofDomain(int jdbcType, String name) {
    if (name.equals("money") || name.equals("timetz") || name.equals("bit")) {
      return ColumnType.TEXT;
    }
    return switch (jdbcType) {
      case Types.SMALLINT -> ColumnType.INT16;
      case Types.INTEGER -> ColumnType.INT32;
      case Types.BIGINT -> ColumnType.INT64;
      case Types.NUMERIC -> ColumnType.DECIMAL;
      case Types.DATE -> ColumnType.DATE;
      default -> ColumnType.TEXT;
    };
  }

  @Override
  public MetaDataName metaDataName(TableName qualified) {
    List<String> parts = qualified.parts();
    String schema = parts.size() > 1 ? parts.get(parts.size() - 2) : null;
    return new MetaDataName(null, schema, qualified.table());
  }

  @Override
  public String ddlType(Schema schema, boolean primaryKey) {
    return switch (LogicalType.of(schema)) {
      case BOOLEAN -> "BOOLEAN";
      case INT8, INT16 -> "SMALLINT";
      case INT32 -> "INTEGER";
      case INT64 -> "BIGINT";
      case FLOAT32 -> "REAL";
      case FLOAT64 -> "DOUBLE PRECISION";
      case DECIMAL -> "NUMERIC";
      case TEXT -> "TEXT";
      case BYTES -> "BYTEA";
      case DATE -> "DATE";
      case TIME -> "TIME";
      case TIMESTAMP -> "TIMESTAMP";
    };
  }

  @Override
  public String upsertSuffix(List<String> quotedKeys, List<String> quotedOthers) {
    String target = " ON CONFLICT (" + String.join(", ", quotedKeys) + ") DO ";
    if (quotedOthers.isEmpty()) {
      return target + "NOTHING";
    }
    return target
        + "UPDATE SET "
        + quotedOthers.stream()
            .map(column -> column + " = EXCLUDED." + column)
            .collect(Collectors.joining(", "));
  }
}
