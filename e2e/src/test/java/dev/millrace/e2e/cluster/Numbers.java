package dev.millrace.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.e2e.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Connectors of {@link LockedSource} {@code c0, c1, …} of one cluster, and what they have written.
 */
final class Numbers {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration DEADLINE = Duration.ofMinutes(4);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final TopicPartition TOPIC = new TopicPartition("numbers", 0);

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
  private final Path folder;
  private final int[] tasks; // by connector
  private final boolean exactlyOnce;

  /**
   * Connectors that are not there yet.
   *
   * @param folder of their locks
   */
  Numbers(Path folder, int connectors, boolean exactlyOnce) {
    this.folder = folder;
    this.tasks = new int[connectors];
    Arrays.fill(tasks, 1);
    this.exactlyOnce = exactlyOnce;
  }

  int connectors() {
    return tasks.length;
  }

  /** Creates one; it can be read there at once. */
  void create(URI worker, int number) throws Exception {
    configure(worker, number, 1, "first");
  }

  /** Creates or changes one; it can be read there at once. */
  void configure(URI worker, int number, int count, String mark) throws Exception {
    tasks[number] = count;
    String config =
        JSON.writeValueAsString(
            Map.of(
                "connector.class",
                LockedSource.class.getName(),
                "topic",
                TOPIC.topic(),
                "folder",
                folder.toString(),
                "pause.ms",
                "200",
                "tasks.max",
                Integer.toString(count),
                "mark",
                mark,
                "value.converter",
                "org.apache.kafka.connect.storage.StringConverter"));
    var answer = send(worker, "PUT", "/connectors/c" + number + "/config", config);
    if (answer.statusCode() / 100 != 2) throw new IOException(answer.body());
    assertThat(get(worker, "/connectors/c" + number + "/config").path("mark").asText())
        .as("read your writes")
        .isEqualTo(mark);
  }

  HttpResponse<String> send(URI worker, String method, String path, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(worker.resolve(path))
            .header("Content-Type", "application/json")
            .timeout(PATIENCE)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  JsonNode get(URI worker, String path) throws Exception {
    return JSON.readTree(send(worker, "GET", path, "").body());
  }

  /** What does not run with all its tasks, as this worker says. */
  Map<String, String> notRunning(URI worker) throws Exception {
    var statuses = get(worker, "/connectors?expand=status");
    var bad = new TreeMap<String, String>();
    for (int i = 0; i < tasks.length; i++) {
      var status = statuses.path("c" + i).path("status");
      boolean runs =
          status.path("connector").path("state").asText().equals("RUNNING")
              && status.path("tasks").size() == tasks[i]
              && status.path("tasks").findValuesAsText("state").stream()
                  .allMatch("RUNNING"::equals);
      if (!runs) bad.put("c" + i, status.toString());
    }
    return bad;
  }

  /**
   * The last number of each task. Fails when one is missing or out of order, and with exactly-once
   * when one is there twice.
   */
  Map<String, Long> written(String servers) {
    var last = new TreeMap<String, Long>();
    Map<String, Object> client =
        Map.of("bootstrap.servers", servers, "isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(TOPIC));
      consumer.seekToBeginning(List.of(TOPIC));
      long end = consumer.endOffsets(List.of(TOPIC)).getOrDefault(TOPIC, 0L);
      while (consumer.position(TOPIC) < end) {
        consumer.poll(Duration.ofMillis(500)).forEach(record -> check(record.value(), last));
      }
    }
    return last;
  }

  private void check(String value, Map<String, Long> last) {
    String name = value.substring(0, value.indexOf(':'));
    long number = Long.parseLong(value.substring(value.indexOf(':') + 1));
    long before = last.getOrDefault(name, 0L);
    if (exactlyOnce) assertThat(number).as(name).isEqualTo(before + 1);
    else assertThat(number).as(name).isLessThanOrEqualTo(before + 1);
    last.put(name, Math.max(before, number));
  }

  /** Waits until every connector runs, as each of the workers says, and writes on. */
  void allGoOn(String when, String servers, List<URI> workers, Supplier<String> logs) {
    var before = written(servers);
    for (URI worker : workers) {
      Await.until(
          when + ": all run as told by " + worker,
          DEADLINE,
          () -> notRunning(worker).isEmpty(),
          () -> told(worker) + "\n" + logs.get());
    }
    Await.until(
        when + ": all write on",
        DEADLINE,
        () -> grown(before, written(servers)),
        () -> before + "\n" + written(servers) + "\n" + logs.get());
  }

  private String told(URI worker) {
    try {
      return notRunning(worker).toString();
    } catch (Exception e) {
      return e.toString();
    }
  }

  void nothingRanTwice(Supplier<String> logs) throws IOException {
    try (var left = Files.newDirectoryStream(folder, "*.violation")) {
      for (var file : left) {
        assertThat(Files.readString(file)).as("%s%n%s", file.getFileName(), logs.get()).isEmpty();
      }
    }
  }

  private boolean grown(Map<String, Long> before, Map<String, Long> now) {
    return IntStream.range(0, tasks.length)
        .boxed()
        .flatMap(i -> IntStream.range(0, tasks[i]).mapToObj(t -> "c" + i + (t == 0 ? "" : "." + t)))
        .allMatch(name -> now.getOrDefault(name, 0L) > before.getOrDefault(name, 0L));
  }
}
