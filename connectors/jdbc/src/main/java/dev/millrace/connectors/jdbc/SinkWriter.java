package dev.millrace.connectors.jdbc;

import dev.millrace.connectors.jdbc.SinkRow.Cell;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes rows in their order within the connection's transaction: rows of the same shape one after
 * the other go as one batch. Owned by one task's thread, dropped with its connection.
 */
final class SinkWriter {
  private final Session session;
  private final SinkSettings settings;
  private final Map<TableName, SinkTable> tables = new HashMap<>();
  private String openSql = "";
  private PreparedStatement open;
  private int pending;

  SinkWriter(Session session, SinkSettings settings) {
    this.session = session;
    this.settings = settings;
  }

  /** Adds a row to the transaction. */
  void write(TableName name, SinkRow row) throws SQLException {
    SinkTable table =
        tables.computeIfAbsent(name, absent -> new SinkTable(absent, session, settings));
    if (row.delete() && table.isMissing()) {
      return; // a table that came of a key alone would lack the columns of what follows
    }
    table.fit(row);
    String sql = row.delete() ? delete(table, row) : put(table, row);
    if (!sql.equals(openSql)) {
      flush();
      open = session.connection().prepareStatement(sql);
      openSql = sql;
    }
    bind(table, row);
    open.addBatch();
    pending++;
    if (pending >= settings.batchSize()) {
      send();
    }
  }

  /** Sends what is pending, and commits. */
  void commit() throws SQLException {
    flush();
    session.connection().commit();
    tables.values().forEach(SinkTable::transactionOver);
  }

  /** Takes everything since the last commit back. */
  void rollback() throws SQLException {
    tables.clear();
    if (!openSql.isEmpty()) {
      open.close();
    }
    pending = 0;
    openSql = "";
    session.connection().rollback();
  }

  private void send() throws SQLException {
    try {
      open.executeBatch();
      pending = 0;
    } catch (AssertionError e) {
      // PostgreSQL's driver asserts (under -ea) that a connection cut in mid-batch still answers.
      throw new SQLException("The connection was cut in the middle of a batch", "08006", e);
    }
  }

  private void flush() throws SQLException {
    if (pending > 0) {
      send();
    }
    if (!openSql.isEmpty()) {
      open.close();
      openSql = "";
    }
  }

  private String put(SinkTable table, SinkRow row) {
    return switch (settings.insertMode()) {
      case INSERT -> insert(table, row);
      case UPSERT ->
          insert(table, row)
              + session.dialect().upsertSuffix(quoted(row.keys()), quoted(row.others()));
      case UPDATE -> update(table, row);
    };
  }

  private String insert(SinkTable table, SinkRow row) {
    List<String> columns = quoted(row.cells());
    return "INSERT INTO "
        + table.sql()
        + " ("
        + String.join(", ", columns)
        + ") VALUES ("
        + columns.stream().map(column -> "?").collect(Collectors.joining(", "))
        + ")";
  }

  private String update(SinkTable table, SinkRow row) {
    List<Cell> set = row.others().isEmpty() ? row.keys() : row.others();
    return "UPDATE " + table.sql() + " SET " + equal(set, ", ") + where(row);
  }

  private String delete(SinkTable table, SinkRow row) {
    return "DELETE FROM " + table.sql() + where(row);
  }

  private String where(SinkRow row) {
    return " WHERE " + equal(row.keys(), " AND ");
  }

  private String equal(List<Cell> cells, String separator) {
    return quoted(cells).stream()
        .map(column -> column + " = ?")
        .collect(Collectors.joining(separator));
  }

  private List<String> quoted(List<Cell> cells) {
    return cells.stream().map(cell -> session.quotes().quote(cell.column())).toList();
  }

  private void bind(SinkTable table, SinkRow row) throws SQLException {
    int index = 1;
    for (Cell cell : order(row)) {
      open.setObject(index, value(cell, table));
      index++;
    }
  }

  private List<Cell> order(SinkRow row) {
    if (row.delete() || settings.insertMode() != SinkSettings.InsertMode.UPDATE) {
      return row.cells();
    }
    List<Cell> set = row.others().isEmpty() ? row.keys() : row.others();
    return Stream.concat(set.stream(), row.keys().stream())
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** What JDBC takes for the value, by its schema and the column's type; null stays null. */
  private Object value(Cell cell, SinkTable table) {
    Object value = cell.value().orElse(null);
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    }
    if (value == null || !ConnectTimes.isDate(value) || cell.schema().isEmpty()) {
      return value;
    }
    Instant time = ConnectTimes.toInstant(value);
    return switch (LogicalType.of(cell.schema().get())) {
      case DATE -> time.atOffset(ZoneOffset.UTC).toLocalDate();
      case TIME -> time.atOffset(ZoneOffset.UTC).toLocalTime();
      default ->
          session
              .dialect()
              .timeKind(table.typeName(cell.column()))
              .toJdbc(time, settings.connection().zone());
    };
  }
}
