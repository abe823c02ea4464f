package dev.millrace.connectors.jdbc;

import dev.millrace.connectors.jdbc.SinkRow.Cell;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table to write to, with the columns that it is known to have; created and widened when the
 * settings allow it. Owned by one task's thread, dropped with its connection.
 */
final class SinkTable {
  private static final Logger log = LoggerFactory.getLogger(SinkTable.class);

  /**
   * What tasks of one sink get that add the same table or column at once: duplicate column of
   * MariaDB and PostgreSQL, duplicate table, and PostgreSQL's unique keys of its own catalog.
   */
  private static final Set<String> ALREADY_THERE = Set.of("42S21", "42701", "42P07", "23505");

  private final TableName name;
  private final Session session;
  private final SinkSettings settings;
  private final Map<String, String> typeNames;
  private boolean soughtInVain;

  SinkTable(TableName name, Session session, SinkSettings settings) {
    this.name = name;
    this.session = session;
    this.settings = settings;
    this.typeNames =
        session.dialect() instanceof MariaDbDialect
            ? new TreeMap<>(String.CASE_INSENSITIVE_ORDER)
            : new LinkedHashMap<>();
  }

  String sql() {
    return name.sql(session.quotes());
  }

  /** The database's name for a column's type. */
  String typeName(String column) {
    return typeNames.getOrDefault(column, "");
  }

  /** Makes sure that the table has the row's columns. */
  void fit(SinkRow row) throws SQLException {
    if (!exists()) {
      create(row);
      load();
    }
    if (!missing(row).isEmpty()) {
      load(); // somebody else may have added them meanwhile
      if (!missing(row).isEmpty()) {
        widen(missing(row));
        load();
      }
    }
  }

  private boolean exists() throws SQLException {
    if (typeNames.isEmpty()) {
      load();
    }
    return !typeNames.isEmpty();
  }

  /** Whether there is no table to delete from; looks once in each transaction. */
  boolean isMissing() throws SQLException {
    if (!soughtInVain) {
      soughtInVain = !exists();
    }
    return typeNames.isEmpty();
  }

  /** A transaction is over: others may make the table before the next one. */
  void transactionOver() {
    soughtInVain = false;
  }

  private List<Cell> missing(SinkRow row) {
    return row.cells().stream().filter(cell -> !typeNames.containsKey(cell.column())).toList();
  }

  private void load() throws SQLException {
    typeNames.clear();
    Connection connection = session.connection();
    TableName qualified = name.in(session.dialect().namespace(connection));
    Dialect.MetaDataName meta = session.dialect().metaDataName(qualified);
    String escape = connection.getMetaData().getSearchStringEscape();
    String table = escaped(meta.table(), escape);
    String schema = meta.schema() == null ? null : escaped(meta.schema(), escape);
    try (ResultSet columns =
        connection.getMetaData().getColumns(meta.catalog(), schema, table, "%")) {
      while (columns.next()) {
        typeNames.put(columns.getString("COLUMN_NAME"), columns.getString("TYPE_NAME"));
      }
    }
  }

  /** A name in which no character is a joker of JDBC's patterns. */
  static String escaped(String name, String escape) {
    return name.replace(escape, escape + escape)
        .replace("_", escape + "_")
        .replace("%", escape + "%");
  }

  private void create(SinkRow row) throws SQLException {
    if (!settings.autoCreate()) {
      throw new ConnectException(
          "Table \"" + name.dotted() + "\" does not exist. Create it, or set auto.create=true.");
    }
    List<String> definitions = new ArrayList<>();
    row.keys().forEach(cell -> definitions.add(definition(cell, true) + " NOT NULL"));
    row.others().forEach(cell -> definitions.add(otherDefinition(cell)));
    if (!row.keys().isEmpty()) {
      definitions.add(
          row.keys().stream()
              .map(cell -> session.quotes().quote(cell.column()))
              .collect(Collectors.joining(", ", "PRIMARY KEY (", ")")));
    }
    String columns = String.join(", ", definitions);
    execute("CREATE TABLE IF NOT EXISTS " + sql() + " (" + columns + ")", true);
  }

  private String otherDefinition(Cell cell) {
    boolean optional = cell.schema().isEmpty() || cell.schema().get().isOptional();
    return definition(cell, false) + (optional ? " NULL" : " NOT NULL");
  }

  private String definition(Cell cell, boolean key) {
    Schema schema =
        cell.schema()
            .orElseThrow(
                () ->
                    new ConnectException(
                        "Table \""
                            + name.dotted()
                            + "\" lacks the column \""
                            + cell.column()
                            + "\", and the record has no schema to tell its type. Create it"
                            + " yourself, or use a converter with schemas."));
    return session.quotes().quote(cell.column()) + " " + session.dialect().ddlType(schema, key);
  }

  private void widen(List<Cell> missing) throws SQLException {
    Set<String> names = new TreeSet<>(missing.stream().map(Cell::column).toList());
    if (!settings.autoEvolve()) {
      throw new ConnectException(
          "Table \""
              + name.dotted()
              + "\" has no column for the fields "
              + names
              + ". It has "
              + typeNames.keySet()
              + ". Add them, leave them out with fields.whitelist, or set auto.evolve=true.");
    }
    for (Cell cell : missing) {
      boolean optional = cell.schema().isPresent() && cell.schema().get().isOptional();
      boolean hasDefault = cell.schema().isPresent() && cell.schema().get().defaultValue() != null;
      if (cell.schema().isPresent() && !optional && !hasDefault) {
        throw new ConnectException(
            "Table \""
                + name.dotted()
                + "\" has no column \""
                + cell.column()
                + "\", and it cannot be added: the field is neither optional nor has a default.");
      }
      boolean otherCase = typeNames.keySet().stream().anyMatch(cell.column()::equalsIgnoreCase);
      String column = definition(cell, false);
      execute("ALTER TABLE " + sql() + " ADD COLUMN " + column + " NULL", !otherCase);
    }
  }

  private void execute(String ddl, boolean othersMayBeFaster) throws SQLException {
    log.info("{}", ddl);
    try (Statement statement = session.connection().createStatement()) {
      statement.execute(ddl);
    } catch (SQLException e) {
      if (othersMayBeFaster && ALREADY_THERE.contains(String.valueOf(e.getSQLState()))) {
        throw new SQLTransientException("Another task was faster: " + e.getMessage(), e);
      }
      throw e;
    }
  }
}
