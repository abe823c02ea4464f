package dev.millrace.connectors.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.junit.jupiter.api.Test;

class SqlProcessorConnectorTest {
  private static Map<String, String> config() {
    Map<String, String> config = new HashMap<>();
    config.put("name", "user visits");
    config.put("sql", "SELECT user_id, COUNT(*) AS visits FROM users GROUP BY user_id");
    config.put("topic", "user_visits");
    config.put("bootstrap.servers", "localhost:9092");
    config.put("state.dir", "/var/state");
    return config;
  }

  private static List<String> errors(Map<String, String> config, String key) {
    return new SqlProcessorConnector()
        .validate(config).configValues().stream()
            .filter(value -> value.name().equals(key))
            .map(ConfigValue::errorMessages)
            .findFirst()
            .orElseThrow();
  }

  @Test
  void isFoundByItsManifest() {
    assertThat(ServiceLoader.load(SourceConnector.class))
        .hasAtLeastOneElementOfType(SqlProcessorConnector.class);
  }

  @Test
  void tellsTheQuerysProblemsAtItsKey() {
    Map<String, String> config = config();
    assertThat(errors(config, "sql")).isEmpty();
    config.put("sql", "SELECT FOO(id) AS x FROM visits ORDER BY id");
    assertThat(errors(config, "sql"))
        .containsExactly(
            "line 1, column 8: there is no function FOO; docs/sql.md lists them\n"
                + "line 1, column 33: ORDER BY is not supported: a stream has no end to sort");
  }

  @Test
  void requiresQueryTopicClusterAndStateDirectory() {
    for (String key : List.of("sql", "topic", "bootstrap.servers", "state.dir")) {
      assertThat(errors(Map.of(), key)).as(key).isNotEmpty();
    }
  }

  /** It would never come to an end, and fill the disk. */
  @Test
  void mayNotReadItsOwnResults() {
    Map<String, String> config = config();
    config.put("sql", "SELECT id FROM visits");
    config.put("topic", "visits");
    assertThat(errors(config, "topic"))
        .containsExactly("The query reads this topic: it would read its own results for ever.");
    assertThatThrownBy(() -> new SqlProcessorConnector().start(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("its own results");
    config.put("table.visits.topic", "shop.visits");
    assertThat(errors(config, "topic")).isEmpty();
    config.put("topic", "shop.visits");
    assertThat(errors(config, "topic")).hasSize(1);
    config.put("sql", "SELEC");
    assertThat(errors(config, "topic")).isEmpty();
  }

  @Test
  void makesAsManyTasksAsAllowedWithTheirNumbers() {
    SqlProcessorConnector connector = new SqlProcessorConnector();
    connector.start(config());
    List<Map<String, String>> tasks = connector.taskConfigs(3);
    assertThat(tasks).extracting(task -> task.get("task.id")).containsExactly("0", "1", "2");
    assertThat(tasks).allMatch(task -> task.get("sql").equals(config().get("sql")));
    assertThat(connector.exactlyOnceSupport(config())).isEqualTo(ExactlyOnceSupport.SUPPORTED);
    assertThat(connector.taskClass()).isEqualTo(SqlProcessorTask.class);
  }

  @Test
  void defaultsOfKafkaStreams() {
    Map<String, String> config = config();
    config.put("task.id", "2");
    Properties streams = new ProcessorConfig(config).streams();
    String application = "millrace-user-visits-" + Integer.toHexString("user visits".hashCode());
    assertThat(streams)
        .containsEntry("application.id", application)
        .containsEntry("state.dir", "/var/state/2")
        .containsEntry("processing.guarantee", "exactly_once_v2")
        .containsEntry("commit.interval.ms", 100)
        .containsEntry("num.stream.threads", 1)
        .containsEntry("num.standby.replicas", 0)
        .containsEntry("replication.factor", -1)
        .containsEntry("main.consumer.group.instance.id", application + "-2")
        .containsEntry("main.consumer.session.timeout.ms", 10_000)
        .containsEntry("main.consumer.auto.offset.reset", "earliest");
  }

  @Test
  void streamsSettingsHaveTheLastWordAndTablesAreMapped() {
    Map<String, String> config = config();
    config.put("application.id", "mine");
    config.put("streams.commit.interval.ms", "500");
    config.put("table.users.topic", "user_data");
    ProcessorConfig read = new ProcessorConfig(config);
    assertThat(read.streams())
        .containsEntry("application.id", "mine")
        .containsEntry("commit.interval.ms", "500");
    assertThat(
            read.flow(read.query(), new dev.millrace.connectors.processor.flow.Tally())
                .inputTopic())
        .isEqualTo("user_data");
  }
}
