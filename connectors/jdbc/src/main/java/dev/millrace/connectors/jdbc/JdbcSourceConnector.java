package dev.millrace.connectors.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.util.ConnectorUtils;

/**
 * Reads tables of MariaDB, MySQL or PostgreSQL, or the result of a query, into topics. Its keys and
 * offsets are those of Confluent's JDBC source, beside friendlier names. Used by one thread.
 */
public final class JdbcSourceConnector extends SourceConnector {
  private Map<String, String> properties = Map.of();

  /** For the runtime, which creates connectors by their class. */
  public JdbcSourceConnector() {}

  @Override
  public String version() {
    return Version.text();
  }

  @Override
  public ConfigDef config() {
    return SourceKeys.DEF;
  }

  /** All problems of a configuration at once; no database is asked. */
  @Override
  public Config validate(Map<String, String> given) {
    return new Config(new ArrayList<>(SourceKeys.validate(given)));
  }

  @Override
  public Class<? extends Task> taskClass() {
    return JdbcSourceTask.class;
  }

  @Override
  public void start(Map<String, String> given) {
    SourceSettings.of(given);
    properties = Map.copyOf(given);
  }

  @Override
  public void stop() {
    properties = Map.of();
  }

  /** One task for a query; tables are dealt out to at most {@code maxTasks} tasks. */
  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    SourceSettings settings = SourceSettings.of(properties);
    if (settings.target().query().isPresent()) {
      return List.of(properties);
    }
    List<TableName> tables = tables(settings);
    if (tables.isEmpty()) {
      throw new ConnectException(
          "The database " + settings.connection() + " has no table to read. Set table.");
    }
    return ConnectorUtils.groupPartitions(tables, Math.min(maxTasks, tables.size())).stream()
        .map(this::taskConfig)
        .toList();
  }

  private Map<String, String> taskConfig(List<TableName> tables) {
    Map<String, String> config = new HashMap<>(properties);
    config.put(
        SourceKeys.TASK_TABLES,
        tables.stream().map(table -> table.sql(new Quotes("\""))).collect(Collectors.joining(",")));
    return config;
  }

  private static List<TableName> tables(SourceSettings settings) {
    if (!settings.target().tables().isEmpty()) {
      return settings.target().tables();
    }
    try (Session session = new Session(settings.connection())) {
      return Probe.tables(session, settings.target());
    } catch (SQLException e) {
      throw new ConnectException(
          "The tables of "
              + settings.connection()
              + " cannot be listed: "
              + DatabaseErrors.describe(e),
          e);
    }
  }

  /** Each row exactly once by a growing id; the other modes may read rows again after a restart. */
  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> given) {
    return switch (SourceSettings.of(given).tracking().mode()) {
      case INCREMENTING, TIMESTAMP_INCREMENTING -> ExactlyOnceSupport.SUPPORTED;
      case AUTO, BULK, TIMESTAMP -> ExactlyOnceSupport.UNSUPPORTED;
    };
  }

  /** Accepts offsets of tables and queries with whole numbers, and their removal. */
  @Override
  public boolean alterOffsets(
      Map<String, String> given, Map<Map<String, ?>, Map<String, ?>> offsets) {
    offsets.forEach(Offsets::check);
    return true;
  }
}
