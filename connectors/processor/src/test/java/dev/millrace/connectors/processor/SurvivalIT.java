package dev.millrace.connectors.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What kills a processor, or takes its cluster away, changes no count. */
class SurvivalIT {
  private static final int USERS = 50;

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

  private static Map<String, String> config(String name) {
    Map<String, String> config = new HashMap<>();
    config.put("name", name);
    config.put("sql", "SELECT user_id, COUNT(*) AS visits FROM users GROUP BY user_id");
    config.put("topic", name + "_result");
    config.put("table.users.topic", name + "_data");
    config.put("bootstrap.servers", broker.address());
    config.put("state.dir", directory.resolve(name).toString());
    return config;
  }

  private static long total(String topic) throws Exception {
    return cluster.table(topic).values().stream().mapToLong(r -> r.get("visits").asLong()).sum();
  }

  private static Process fork(Path file) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ProcessorMain.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(file.resolveSibling("fork.log").toFile()));
    builder.environment().put("ROCKSDB_SHAREDLIB_DIR", directory.toString()); // it is killed
    return builder.start();
  }

  @Test
  void countsAreExactAfterKillsInMidCount() throws Exception {
    Path file = directory.resolve("killed.properties");
    Properties properties = new Properties();
    properties.putAll(config("killed"));
    try (OutputStream out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
    int sent = 0;
    for (int round = 0; round < 3; round++) {
      cluster.send("killed_data", Cluster.visits(sent, sent + 40_000, USERS));
      sent += 40_000;
      long before = round == 0 ? 0 : total("killed_result");
      Process process = fork(file);
      try {
        Cluster.await("the fork counts on", () -> total("killed_result") > before);
      } finally {
        process.destroyForcibly();
      }
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    }
    long all = sent;
    Process last = fork(file);
    try {
      Cluster.await("all visits counted", () -> total("killed_result") >= all);
    } finally {
      last.destroyForcibly();
    }
    assertThat(last.waitFor(2, TimeUnit.MINUTES)).isTrue();
    Map<JsonNode, JsonNode> table = cluster.table("killed_result");
    assertThat(table).hasSize(USERS);
    assertThat(table.values()).allMatch(row -> row.get("visits").asLong() == all / USERS);
    assertThat(countsOnlyGrow("killed_result")).isTrue();
  }

  /** No read-committed reader ever sees a count fall back, nor the same count twice. */
  private static boolean countsOnlyGrow(String topic) throws Exception {
    Map<JsonNode, Long> last = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : cluster.read(topic)) {
      long count = Cluster.plain(record.value()).get("visits").asLong();
      Long before = last.put(Cluster.plain(record.key()), count);
      if (before != null && before >= count) {
        return false;
      }
    }
    return true;
  }

  @Test
  void goesOnWhenTheClusterComesBack() throws Exception {
    cluster.send("away_data", Cluster.visits(0, 5_000, USERS));
    SqlProcessorTask task = new SqlProcessorTask();
    task.start(config("away"));
    Cluster.await("first visits counted", () -> total("away_result") == 5_000);
    broker.down();
    for (int polls = 0; polls < 10; polls++) {
      assertThat(task.poll()).isNull();
    }
    broker.up();
    cluster.send("away_data", Cluster.visits(0, 5_000, USERS));
    Cluster.await(
        "all visits counted", () -> task.poll() == null && total("away_result") == 10_000);
    assertThat(countsOnlyGrow("away_result")).isTrue();
    task.stop();
  }

  @Test
  void severalTasksShareThePartitions() throws Exception {
    try (var admin =
        org.apache.kafka.clients.admin.Admin.create(
            Map.<String, Object>of("bootstrap.servers", broker.address()))) {
      var topic =
          new org.apache.kafka.clients.admin.NewTopic(
              "shared_data", Optional.of(4), Optional.empty());
      admin.createTopics(List.of(topic)).all().get(2, TimeUnit.MINUTES);
    }
    SqlProcessorConnector connector = new SqlProcessorConnector();
    connector.start(config("shared"));
    List<SqlProcessorTask> tasks = new ArrayList<>();
    for (Map<String, String> config : connector.taskConfigs(2)) {
      SqlProcessorTask task = new SqlProcessorTask();
      task.start(config);
      tasks.add(task);
    }
    cluster.send("shared_data", Cluster.visits(0, 10_000, USERS));
    Cluster.await("all visits counted", () -> total("shared_result") == 10_000);
    Cluster.await(
        "each group is at exactly one task",
        () -> {
          for (int user = 0; user < USERS; user++) {
            String key = Integer.toString(user);
            if (tasks.stream().filter(task -> task.apply(key).isPresent()).count() != 1) {
              return false;
            }
          }
          return true;
        });
    tasks.forEach(SqlProcessorTask::stop);
  }
}
