package dev.millrace.connectors.jdbc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/**
 * Writes topics into tables of MariaDB, MySQL or PostgreSQL. Its keys are those of Confluent's JDBC
 * sink, beside friendlier names. Used by one thread.
 */
public final class JdbcSinkConnector extends SinkConnector {
  private Map<String, String> properties = Map.of();

  /** For the runtime, which creates connectors by their class. */
  public JdbcSinkConnector() {}

  @Override
  public String version() {
    return Version.text();
  }

  @Override
  public ConfigDef config() {
    return SinkKeys.DEF;
  }

  /** All problems of a configuration at once; no database is asked. */
  @Override
  public Config validate(Map<String, String> given) {
    return new Config(new ArrayList<>(SinkKeys.validate(given)));
  }

  @Override
  public Class<? extends Task> taskClass() {
    return JdbcSinkTask.class;
  }

  @Override
  public void start(Map<String, String> given) {
    SinkSettings.of(given);
    properties = Map.copyOf(given);
  }

  @Override
  public void stop() {
    properties = Map.of();
  }

  /** Every task may write all topics; the runtime deals the partitions out. */
  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return Collections.nCopies(maxTasks, properties);
  }

  /** Positions are the consumer group's own. */
  @Override
  public boolean alterOffsets(
      Map<String, String> given, Map<org.apache.kafka.common.TopicPartition, Long> offsets) {
    return true;
  }
}
