package dev.millrace.connectors.jdbc;

import dev.millrace.connectors.jdbc.SourceSettings.Tracking;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Looks at a table or query before the first row is read: are the tracking columns there, and which
 * one is the auto-increment column. Stateless.
 */
final class Probe {
  /** A query of one table, so that an auto-increment column of it is unique in the result. */
  private static final Pattern SIMPLE =
      Pattern.compile(
          "select\\s+[^()]+?\\s+from\\s+[\\w.`\"$-]+(\\s+(as\\s+)?\\w+)?(\\s+where\\s.*)?",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern NOT_SIMPLE =
      Pattern.compile(
          "\\b(join|union|group|distinct|having|limit|intersect|except)\\b",
          Pattern.CASE_INSENSITIVE);

  private final Session session;
  private final String what;

  /**
   * @param what the table or query, for messages
   */
  Probe(Session session, String what) {
    this.session = session;
    this.what = what;
  }

  /** A column as the tracking modes need to know it. */
  record Column(String name, String typeName, boolean autoIncrement, boolean nullable) {}

  static boolean isSimple(String query) {
    return SIMPLE.matcher(query.strip()).matches() && !NOT_SIMPLE.matcher(query).find();
  }

  /** The columns of {@code SELECT * FROM from}, by name, without regard to case. */
  Map<String, Column> columns(String from) throws SQLException {
    Connection connection = session.connection();
    Map<String, Column> columns = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    try (Statement statement = connection.createStatement();
        ResultSet none = statement.executeQuery("SELECT * FROM " + from + " WHERE 1 = 0")) {
      ResultSetMetaData metaData = none.getMetaData();
      for (int i = 1; i <= metaData.getColumnCount(); i++) {
        columns.put(
            metaData.getColumnLabel(i),
            new Column(
                metaData.getColumnLabel(i),
                metaData.getColumnTypeName(i),
                metaData.isAutoIncrement(i),
                metaData.isNullable(i) == ResultSetMetaData.columnNullable));
      }
    }
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
    return columns;
  }

  /** The one auto-increment column, if there is exactly one. */
  Optional<Column> autoIncrement(Map<String, Column> columns) {
    List<Column> found = columns.values().stream().filter(Column::autoIncrement).toList();
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  /** The id column that was asked for, or the auto-increment column. */
  Column idColumn(Map<String, Column> columns, Tracking tracking) {
    Column column =
        tracking.idColumn().isPresent()
            ? named(columns, tracking.idColumn().get(), SourceKeys.INCREMENTING_COLUMN)
            : autoIncrement(columns)
                .orElseThrow(
                    () ->
                        new ConnectException(
                            what
                                + " has no auto-increment column. Set incrementing.column.name to"
                                + " one of "
                                + columns.keySet()
                                + ", or another mode."));
    if (tracking.refuseNullable() && column.nullable() && tracking.mode() == Mode.INCREMENTING) {
      throw new ConnectException(
          "Column \""
              + column.name()
              + "\" of "
              + what
              + " may be null, and rows without it would be passed over. Declare it NOT NULL, or"
              + " set validate.non.null=false.");
    }
    return column;
  }

  /** A column that must be there. */
  Column named(Map<String, Column> columns, String name, String key) {
    Column column = columns.get(name);
    if (column == null) {
      throw new ConnectException(
          what + " has no column \"" + name + "\" (" + key + "). It has " + columns.keySet() + ".");
    }
    return column;
  }

  /** The primary key's columns in the key's order. */
  List<String> primaryKey(TableName qualified) throws SQLException {
    Connection connection = session.connection();
    Dialect.MetaDataName name = session.dialect().metaDataName(qualified);
    DatabaseMetaData metaData = connection.getMetaData();
    Map<Short, String> columns = new TreeMap<>();
    try (ResultSet keys = metaData.getPrimaryKeys(name.catalog(), name.schema(), name.table())) {
      while (keys.next()) {
        columns.put(keys.getShort("KEY_SEQ"), keys.getString("COLUMN_NAME"));
      }
    }
    return new ArrayList<>(columns.values());
  }

  /** All tables that the patterns choose, in alphabetical order. */
  static List<TableName> tables(Session session, SourceSettings.Target target) throws SQLException {
    Connection connection = session.connection();
    boolean schemas = session.dialect() instanceof PostgresDialect;
    // a schema is a pattern for JDBC, and a catalog is none
    String catalogs = schemas ? "" : target.catalogPattern();
    String schema = schemas ? orElse(target.schemaPattern(), ownSchema(connection)) : null;
    String catalog = schemas || !catalogs.isEmpty() ? null : connection.getCatalog();
    List<TableName> tables = new ArrayList<>();
    try (ResultSet found =
        connection
            .getMetaData()
            .getTables(catalog, schema, "%", new String[] {"TABLE", "PARTITIONED TABLE"})) {
      while (found.next()) {
        String namespace = found.getString(schemas ? "TABLE_SCHEM" : "TABLE_CAT");
        if (catalogs.isEmpty() || like(catalogs).matcher(namespace).matches()) {
          tables.add(new TableName(List.of(namespace, found.getString("TABLE_NAME"))));
        }
      }
    }
    return tables.stream()
        .filter(table -> !isIn(target.excluded(), table))
        .sorted(Comparator.comparing(TableName::dotted))
        .toList();
  }

  /** The connection's schema, in which no character is a joker. */
  private static String ownSchema(Connection connection) throws SQLException {
    String escape = connection.getMetaData().getSearchStringEscape();
    String schema = connection.getSchema();
    return schema == null ? null : SinkTable.escaped(schema, escape);
  }

  private static Pattern like(String pattern) {
    String regex = Pattern.quote(pattern).replace("%", "\\E.*\\Q").replace("_", "\\E.\\Q");
    return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
  }

  private static boolean isIn(List<String> names, TableName table) {
    return names.contains(table.dotted()) || names.contains(table.table());
  }

  private static String orElse(String text, String other) {
    return text.isEmpty() ? other : text;
  }
}
