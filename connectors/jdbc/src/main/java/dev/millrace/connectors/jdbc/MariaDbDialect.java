package dev.millrace.connectors.jdbc;

import java.sql.Connection;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Schema;

/** MariaDB and MySQL. Stateless. */
final class MariaDbDialect implements Dialect {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

  @Override
  public String quote() {
    return "`";
  }

  @Override
  public Map<String, String> driverProperties() {
    return Map.of(
        "connectTimeout", "10000",
        "socketTimeout", "600000",
        "tcpKeepAlive", "true",
        "yearIsDateType", "false",
        "useCursorFetch", "true");
  }

  @Override
  public void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET time_zone = '+00:00'");
    }
  }

  @Override
  public boolean streamsInTransaction() {
    return false;
  }

  @Override
  public String namespace(Connection connection) throws SQLException {
    String database = connection.getCatalog();
    return database == null ? "" : database;
  }

  @Override
  public List<String> offsetNames(Connection connection, TableName qualified) {
    return List.of(qualified.dotted());
  }

  @Override
  public String utcNow() {
    return "SELECT UTC_TIMESTAMP(6)";
  }

  @Override
  public String timeLiteral(TimeKind kind, Object time) {
    return "TIMESTAMP'" + TIME.format((LocalDateTime) time) + "'";
  }

  @Override
  public TimeKind timeKind(String typeName) {
    return typeName.equalsIgnoreCase("TIMESTAMP") ? TimeKind.UTC_WALL_CLOCK : TimeKind.WALL_CLOCK;
  }

  @Override
  public ColumnType columnType(ResultSetMetaData columns, int column) throws SQLException {
    boolean signed = columns.isSigned(column);
    return switch (columns.getColumnType(column)) {
      case Types.BOOLEAN -> ColumnType.BOOLEAN;
      case Types.BIT -> columns.getPrecision(column) > 1 ? ColumnType.BYTES : ColumnType.BOOLEAN;
      case Types.TINYINT -> signed ? ColumnType.INT8 : ColumnType.INT16;
      case Types.SMALLINT -> signed ? ColumnType.INT16 : ColumnType.INT32;
      case Types.INTEGER -> signed ? ColumnType.INT32 : ColumnType.INT64;
      case Types.BIGINT -> ColumnType.INT64;
      case Types.REAL -> ColumnType.FLOAT32;
      case Types.FLOAT, Types.DOUBLE -> ColumnType.FLOAT64;
      case Types.NUMERIC, Types.DECIMAL -> ColumnType.DECIMAL;
      case Types.DATE -> ColumnType.DATE;
      case Types.TIME -> ColumnType.TIME;
      case Types.TIMESTAMP -> ColumnType.TIMESTAMP;
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> ColumnType.BYTES;
      default -> ColumnType.TEXT;
    };
  }

  @Override
  public MetaDataName metaDataName(TableName qualified) {
    String database = qualified.parts().size() > 1 ? qualified.parts().getFirst() : null;
    return new MetaDataName(database, null, qualified.table());
  }

  @Override
  public String ddlType(Schema schema, boolean primaryKey) {
    return switch (LogicalType.of(schema)) {
      case BOOLEAN -> "BOOLEAN";
      case INT8 -> "TINYINT";
      case INT16 -> "SMALLINT";
      case INT32 -> "INT";
      case INT64 -> "BIGINT";
      case FLOAT32 -> "FLOAT";
      case FLOAT64 -> "DOUBLE";
      case DECIMAL -> "DECIMAL(65," + Math.min(38, LogicalType.scale(schema)) + ")";
      case TEXT -> primaryKey ? "VARCHAR(255)" : "LONGTEXT";
      case BYTES -> primaryKey ? "VARBINARY(255)" : "LONGBLOB";
      case DATE -> "DATE";
      case TIME -> "TIME(3)";
      case TIMESTAMP -> "DATETIME(3)";
    };
  }

  @Override
  public String upsertSuffix(List<String> quotedKeys, List<String> quotedOthers) {
    List<String> set = quotedOthers.isEmpty() ? quotedKeys : quotedOthers;
    return " ON DUPLICATE KEY UPDATE "
        + set.stream()
            .map(column -> column + " = VALUES(" + column + ")")
            .collect(Collectors.joining(", "));
  }
}
