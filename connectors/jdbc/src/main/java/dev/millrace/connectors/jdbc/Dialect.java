package dev.millrace.connectors.jdbc;

import java.sql.Connection;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;

/** What differs between databases. Stateless. */
sealed interface Dialect permits MariaDbDialect, PostgresDialect {

  /** The dialect of a URL. */
  static Dialect of(String url) {
    return find(url)
        .orElseThrow(
            () ->
                new ConfigException(
                    "No database is known behind \""
                        + ConnectionSettings.withoutSecrets(url)
                        + "\". Known are jdbc:mariadb:, jdbc:mysql: and jdbc:postgresql:."));
  }

  /** The dialect of a URL, if it is a known one. */
  static Optional<Dialect> find(String url) {
    if (url.startsWith("jdbc:mariadb:") || url.startsWith("jdbc:mysql:")) {
      return Optional.of(new MariaDbDialect());
    }
    return url.startsWith("jdbc:postgresql:")
        ? Optional.of(new PostgresDialect())
        : Optional.empty();
  }

  /** How identifiers are quoted. */
  String quote();

  /** Properties of the driver: time limits, keep-alive, types as this connector wants them. */
  Map<String, String> driverProperties();

  /** Sets a new connection up. */
  void prepare(Connection connection) throws SQLException;

  /** True when reading row by row needs an open transaction. */
  boolean streamsInTransaction();

  /** The database or schema in which an unqualified name is looked up. */
  String namespace(Connection connection) throws SQLException;

  /** Names under which Confluent's connector may have stored this table's position. */
  List<String> offsetNames(Connection connection, TableName qualified) throws SQLException;

  /** A query of one row with the database's clock as UTC's wall clock. */
  String utcNow();

  /** A point in time (as from {@link TimeKind#toJdbc}) as SQL literal of that kind. */
  String timeLiteral(TimeKind kind, Object time);

  /** How a column of type TIMESTAMP (or with zone) stores its value. */
  TimeKind timeKind(String typeName);

  /** What a column is, where the JDBC type alone does not tell. */
  ColumnType columnType(ResultSetMetaData columns, int column) throws SQLException;

  /** Catalog and schema of a qualified name as DatabaseMetaData wants them (null: any). */
  MetaDataName metaDataName(TableName qualified);

  /** Arguments of DatabaseMetaData; a null part matches all, as JDBC has it. */
  record MetaDataName(String catalog, String schema, String table) {}

  /** The column type for a field of a schema, when the sink creates a table. */
  String ddlType(Schema schema, boolean primaryKey);

  /** What follows {@code INSERT INTO t (…) VALUES (…)} to make it an upsert. */
  String upsertSuffix(List<String> quotedKeys, List<String> quotedOthers);
}
