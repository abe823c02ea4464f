package dev.millrace.connectors.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The processor against a real broker. */
class SqlProcessorIT {
  private static final String COUNT =
      "SELECT user_id, COUNT(*) AS visits FROM users GROUP BY user_id";

  @TempDir private static Path directory;
  private static Broker broker;
  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    broker = Broker.start(directory.resolve("kafka"));
    cluster = new Cluster(broker.address());
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static Map<String, String> config(String name, String sql) {
    Map<String, String> config = new HashMap<>();
    config.put("name", name);
    config.put("sql", sql);
    config.put("topic", name + "_result");
    config.put("table.users.topic", name + "_data");
    config.put("bootstrap.servers", broker.address());
    config.put("state.dir", directory.resolve(name).toString());
    return config;
  }

  private static SqlProcessorTask started(Map<String, String> config) {
    SqlProcessorTask task = new SqlProcessorTask();
    task.start(config);
    return task;
  }

  private static boolean counted(String topic, int users, int visits) throws Exception {
    Map<JsonNode, JsonNode> table = cluster.table(topic);
    return table.size() == users
        && table.values().stream().allMatch(row -> row.get("visits").asLong() == visits);
  }

  @Test
  void countsExactlyAndAnswersAndGoesOnAfterRestart() throws Exception {
    Map<String, String> config = config("exact", COUNT);
    cluster.send("exact_data", Cluster.visits(0, 50_000, 100));
    SqlProcessorTask task = started(config);
    Cluster.await("50000 visits counted", () -> counted("exact_result", 100, 500));
    Cluster.await(
        "answer", () -> task.apply("42").equals(Optional.of("{\"user_id\":42,\"visits\":500}")));
    assertThat(task.apply("{\"user_id\":42}")).contains("{\"user_id\":42,\"visits\":500}");
    assertThat(task.apply("4711")).isEmpty();
    assertThat(task.poll()).isNull();
    task.stop();
    assertThatThrownBy(() -> task.apply("42")).isInstanceOf(IllegalStateException.class);

    cluster.send("exact_data", Cluster.visits(0, 1_000, 100));
    SqlProcessorTask again = started(config);
    Cluster.await("51000 visits counted", () -> counted("exact_result", 100, 510));
    Cluster.await(
        "query after restart",
        () -> again.apply("7").equals(Optional.of("{\"user_id\":7,\"visits\":510}")));
    again.stop();
  }

  @Test
  void waitsForTheInputTopicWhenItMayNotCreateIt() throws Exception {
    Map<String, String> config = config("late", COUNT);
    config.put("input.topic.create", "false");
    config.put("input.topic.wait.ms", "50");
    SqlProcessorTask task = started(config);
    assertThat(task.poll()).isNull();
    assertThatThrownBy(() -> task.apply("1"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Processor millrace-late is starting: try again in a moment");
    cluster.send("late_data", Cluster.visits(0, 10, 2));
    // polled all the time: otherwise it may rest before it has counted
    Cluster.await("10 visits counted", () -> task.poll() == null && counted("late_result", 2, 5));
    task.stop();
  }

  @Test
  void restsWhileItIsNotPolledAsWhenItsConnectorIsPaused() throws Exception {
    cluster.send("rests_data", Cluster.visits(0, 10, 2));
    SqlProcessorTask task = started(config("rests", COUNT));
    Cluster.await("10 visits counted", () -> task.poll() == null && counted("rests_result", 2, 5));
    Cluster.await("rest", task::rests);
    cluster.send("rests_data", Cluster.visits(10, 20, 2));
    Cluster.await("20 visits counted", () -> task.poll() == null && counted("rests_result", 2, 10));
    Cluster.await("work", () -> task.poll() == null && !task.rests());
    task.stop();
  }

  @Test
  void runsInAPluginsClassLoader() throws Exception {
    cluster.send("isolated_data", Cluster.visits(0, 10, 2));
    try (PluginLoader loader = new PluginLoader()) {
      Class<?> type = loader.loadClass(SqlProcessorConnector.class.getName());
      assertThat(type).isNotEqualTo(SqlProcessorConnector.class);
      SourceConnector connector = (SourceConnector) type.getDeclaredConstructor().newInstance();
      connector.start(config("isolated", COUNT));
      SourceTask task = (SourceTask) connector.taskClass().getDeclaredConstructor().newInstance();
      task.start(connector.taskConfigs(1).get(0));
      Cluster.await("10 visits counted", () -> counted("isolated_result", 2, 5));
      @SuppressWarnings("unchecked") // the task's contract
      Function<String, Optional<String>> query = (Function<String, Optional<String>>) task;
      Cluster.await(
          "answer", () -> query.apply("1").equals(Optional.of("{\"user_id\":1,\"visits\":5}")));
      task.stop();
    }
  }

  @Test
  void aRowWithoutResultFailsTheTaskWithItsPlace() throws Exception {
    Map<String, String> config = config("fails", "SELECT 1 / id AS x FROM users");
    cluster.send("fails_data", List.of("{\"id\":1}", "{\"id\":0}"));
    SqlProcessorTask task = started(config);
    String message =
        "Processor millrace-fails has failed: The query has no result for the row at"
            + " fails_data-0@1: line 1, column 8: division by zero. Mend the row or the query, or"
            + " set on.row.error=skip";
    Cluster.await("failure", () -> pollFails(task, message));
    task.stop();
  }

  private static boolean pollFails(SqlProcessorTask task, String message)
      throws InterruptedException {
    try {
      task.poll();
      return false;
    } catch (ConnectException e) {
      assertThat(e).hasMessage(message);
      return true;
    }
  }
}
