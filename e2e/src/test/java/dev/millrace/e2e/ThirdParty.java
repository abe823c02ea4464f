package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Plugins of others, installed as a user does, with the configurations of docs/connectors. */
final class ThirdParty {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern BLOCK = Pattern.compile("(?s)```json\n(.*?)```");
  private static final Path CHECKOUT =
      Path.of(System.getProperty("millrace.home")).resolve("../../..").normalize();

  /** One installation at a time: they share Maven's local repository. */
  private static final ReentrantLock INSTALLING = new ReentrantLock();

  private ThirdParty() {}

  /** Folders for --plugin-path; each holds one plugin, which stays for the next run. */
  static String installed(Path folder, String... arguments) throws IOException {
    INSTALLING.lock();
    try {
      Path into = CHECKOUT.resolve("e2e/target/third-party").resolve(folder);
      var command = new ArrayList<>(List.of("plugins", "install", "--into", into.toString()));
      command.addAll(List.of(arguments));
      Path outputs = CHECKOUT.resolve("e2e/target/third-party-outputs");
      Path output = Files.createTempDirectory(Files.createDirectories(outputs), "install");
      try (var install = MillraceProcess.start(output, Map.of(), command)) {
        assertThat(install.awaitExit()).as(install.output()).isZero();
      }
      return into.toString();
    } finally {
      INSTALLING.unlock();
    }
  }

  /** The configurations that a page shows, by connector, each as REST takes it. */
  static Map<String, JsonNode> documented(String page) throws IOException {
    Map<String, JsonNode> found = new LinkedHashMap<>();
    var block = BLOCK.matcher(Files.readString(CHECKOUT.resolve("docs/connectors").resolve(page)));
    while (block.find()) {
      JsonNode connector = JSON.readTree(block.group(1));
      found.put(connector.path("name").asText(), connector);
    }
    return found;
  }

  /** {@code millrace run} with REST alone; returns when it answers. */
  static MillraceProcess worker(
      Path dataDir, String pluginPath, Map<String, String> environment, String... options) {
    var arguments =
        new ArrayList<>(
            List.of(
                "run",
                "--data-dir",
                dataDir.toString(),
                "--listen",
                "http://127.0.0.1:0",
                "--plugin-path",
                pluginPath));
    arguments.addAll(List.of(options));
    return MillraceProcess.start(dataDir, environment, arguments).awaitReady();
  }

  /** Creates connectors of a page, and waits until they and their first tasks run. */
  static void create(MillraceProcess worker, Map<String, JsonNode> connectors, String... names)
      throws Exception {
    for (String name : names) {
      var answer = worker.post("/connectors", connectors.get(name));
      assertThat(answer.statusCode()).as(name + ": " + answer.body()).isEqualTo(201);
    }
    for (String name : names) {
      awaitRunning(worker, name);
    }
  }

  static void awaitRunning(MillraceProcess worker, String name) {
    Await.until(
        name + " runs",
        Await.LONG,
        () ->
            worker.state(name, false).equals("RUNNING")
                && worker.state(name, true).equals("RUNNING"),
        () -> status(worker, name) + "\n" + worker.tail());
  }

  private static String status(MillraceProcess worker, String name) {
    try {
      return worker.get("/connectors/" + name + "/status").toPrettyString();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }

  /** The committed values of a topic's records, as text; empty while there is no such topic. */
  static List<String> values(String bootstrap, String topic) {
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrap,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false);
    List<String> found = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.listTopics().getOrDefault(topic, List.of()).stream()
              .map(p -> new org.apache.kafka.common.TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(
                r ->
                    found.add(
                        r.value() == null ? "" : new String(r.value(), StandardCharsets.UTF_8)));
      }
    }
    return found;
  }

  /** The Kafka inside of a worker. */
  static String kafkaOf(Path dataDir) throws IOException {
    return Files.readString(dataDir.resolve("kafka.bootstrap")).strip();
  }
}
