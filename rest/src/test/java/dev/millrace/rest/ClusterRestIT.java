package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerApi.Leader;
import dev.millrace.worker.WorkerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Distributed workers as a host and its clients see them: their start, their trouble, their end.
 */
@Timeout(600)
@Execution(ExecutionMode.CONCURRENT) // they wait for time to pass
class ClusterRestIT {

  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final String STARTING =
      "The worker is currently initializing and reading to the end of internal topics, which began";

  @TempDir static Path kafkaDir;
  private static EmbeddedKafka kafka;

  @TempDir Path folder;
  private final List<Worker> workers = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.builder().dataDir(kafkaDir).start();
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @AfterEach
  void stopAll() {
    workers.forEach(Worker::stop);
    client.close();
  }

  private Map<String, String> settings(String bootstrap, String group) {
    var settings = new HashMap<String, String>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("group.id", group);
    for (String topic : List.of("config", "offset", "status")) {
      settings.put(topic + ".storage.topic", group + "-" + topic);
      settings.put(topic + ".storage.replication.factor", "1");
    }
    settings.put("listeners", "HTTP://localhost:0");
    settings.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("plugin.path", IdleSource.folder(folder).toString());
    settings.put("plugin.discovery", "service_load");
    settings.put("task.shutdown.graceful.timeout.ms", "1000");
    settings.put("session.timeout.ms", "20000");
    return settings;
  }

  private Worker start(Map<String, String> settings) {
    var worker =
        Worker.builder().settings(WorkerSettings.of(settings)).rest(RestServer.factory()).start();
    workers.add(worker);
    return worker;
  }

  private HttpResponse<String> send(Worker worker, String method, String path, String body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://" + worker.workerId() + path))
            .timeout(DEADLINE)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String config(String start, int tasks) {
    return "{\"connector.class\":\"IdleSource\",\"topic\":\"t\",\"start\":\"%s\",\"tasks\":\"%d\"}"
        .formatted(start, tasks);
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static Duration stopping(Worker worker) {
    long begun = System.nanoTime();
    worker.stop();
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private static boolean leads(Worker worker) {
    return worker.leader() instanceof Leader.Here;
  }

  @Test
  void restAnswersBeforeKafkaIsThere() throws Exception {
    int port;
    try (var before = EmbeddedKafka.builder().dataDir(folder.resolve("kafka")).start()) {
      port = before.port();
    }
    var worker = start(settings("127.0.0.1:" + port, "early"));
    assertThat(worker.restUri()).isEqualTo(worker.adminUri());
    var health = send(worker, "GET", "/health", "");
    assertThat(health.statusCode()).isEqualTo(503);
    assertThat(health.body()).contains("\"status\":\"starting\"").contains(STARTING);
    assertThat(send(worker, "GET", "/v1/cluster", "").body()).contains(STARTING);

    worker.requestTimeout(Duration.ofMillis(200));
    var late = send(worker, "GET", "/connectors", "");
    assertThat(late.statusCode()).isEqualTo(500);
    assertThat(late.body()).contains("Request timed out. " + STARTING);

    worker.requestTimeout(DEADLINE);
    var early =
        client.sendAsync(
            HttpRequest.newBuilder(URI.create("http://" + worker.workerId() + "/connectors"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    try (var there = EmbeddedKafka.builder().dataDir(folder.resolve("kafka")).port(port).start()) {
      assertThat(early.get(3, TimeUnit.MINUTES).body()).isEqualTo("[]");
      await("well", () -> body(worker, "/health").contains("\"status\":\"healthy\""));
      assertThat(send(worker, "PUT", "/connectors/c/config", config("works", 1)).statusCode())
          .isEqualTo(201);
      assertThat(there.bootstrapServers()).endsWith(":" + port);
    }
    worker.requestTimeout(Duration.ofSeconds(5));
    var gone = send(worker, "PUT", "/connectors/c/config", config("works", 2));
    assertThat(gone.statusCode()).isEqualTo(500);
    // it may also be at what came of the request before
    assertThat(gone.body())
        .containsPattern(
            "Request timed out\\. The (worker is currently|last operation the worker completed was)"
                + " .*, which began at \\d")
        .doesNotContain(STARTING);
    assertThat(stopping(worker)).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void stopsWithinSecondsThoughKafkaNeverCame() throws Exception {
    var worker = start(settings("127.0.0.1:1", "never"));
    assertThat(stopping(worker)).isLessThan(Duration.ofMinutes(1));
    assertThat(stopping(worker)).isLessThan(Duration.ofSeconds(10));
    assertThat(worker.death()).isCompleted();
    assertThat(worker.started()).isNotCompletedExceptionally();
  }

  @Test
  void diesOfTopicsThatCannotBe() throws Exception {
    var settings = settings(kafka.bootstrapServers(), "unfit");
    settings.put("status.storage.replication.factor", "3"); // there is one broker
    settings.put("config.storage.replication.factor", "3");
    settings.put("offset.storage.replication.factor", "3");
    var worker = start(settings);
    assertThatThrownBy(() -> worker.death().get(5, TimeUnit.MINUTES))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("unfit-");
    await("said", () -> body(worker, "/health").contains("The worker has died"));
    var health = send(worker, "GET", "/health", "");
    assertThat(health.statusCode()).isIn(500, 503);
    assertThat(health.body()).contains("unfit-");
    assertThat(stopping(worker)).isLessThan(Duration.ofMinutes(1));
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      assertThat(admin.listTopics().names().get(2, TimeUnit.MINUTES))
          .noneMatch(topic -> topic.startsWith("unfit-"));
    }
  }

  @Test
  void anyWorkerAnswersAndWhatWasWrittenCanBeRead() throws Exception {
    var settings = settings(kafka.bootstrapServers(), "any");
    var one = start(settings);
    one.started().get(3, TimeUnit.MINUTES);
    var two = start(settings);
    two.started().get(3, TimeUnit.MINUTES);
    await("a leader that both know", () -> leads(one) != leads(two));
    for (var worker : List.of(one, two)) {
      var name = "/connectors/" + (leads(worker) ? "l" : "f");
      assertThat(send(worker, "PUT", name + "/config", config("works", 1)).statusCode())
          .isEqualTo(201);
      assertThat(send(worker, "GET", name + "/config", "").statusCode()).isEqualTo(200);
      assertThat(send(worker, "PATCH", name + "/config", "{\"x\":\"1\"}").body())
          .contains("\"x\":\"1\"");
      assertThat(send(worker, "GET", name + "/config", "").body()).contains("\"x\":\"1\"");
      assertThat(send(worker, "PUT", name + "/stop", "").statusCode()).isEqualTo(204);
      assertThat(send(worker, "GET", name + "/tasks", "").body()).isEqualTo("[]");
      await("stopped", () -> status(worker, name).contains("\"state\":\"STOPPED\""));
      offsets(worker, name);
      assertThat(send(worker, "PUT", name + "/resume", "").statusCode()).isEqualTo(202);
      await("runs", () -> status(worker, name).split("RUNNING", -1).length == 3);
      assertThat(send(worker, "POST", name + "/restart", "").statusCode()).isEqualTo(204);
      assertThat(send(worker, "GET", "/v1" + name + "/events", "").statusCode()).isEqualTo(200);
      assertThat(send(worker, "DELETE", name, "").statusCode()).isEqualTo(204);
      assertThat(send(worker, "GET", name, "").statusCode()).isEqualTo(404);
    }
  }

  private void offsets(Worker worker, String name) throws Exception {
    var change = "{\"offsets\":[{\"partition\":{\"of\":\"idle\"},\"offset\":{\"at\":7}}]}";
    var altered = send(worker, "PATCH", name + "/offsets", change);
    assertThat(altered.statusCode()).as(altered.body()).isEqualTo(200);
    assertThat(send(worker, "GET", name + "/offsets", "").body()).contains("{\"at\":7}");
    assertThat(send(worker, "DELETE", name + "/offsets", "").statusCode()).isEqualTo(200);
    assertThat(send(worker, "GET", name + "/offsets", "").body()).isEqualTo("{\"offsets\":[]}");
  }

  private String status(Worker worker, String name) {
    return body(worker, name + "/status");
  }

  private String body(Worker worker, String path) {
    try {
      return send(worker, "GET", path, "").body();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void startsThatFailOrHangAreSaid() throws Exception {
    var worker = start(settings(kafka.bootstrapServers(), "starts"));
    worker.started().get(3, TimeUnit.MINUTES);
    assertThat(send(worker, "PUT", "/connectors/f/config", config("fails", 1)).statusCode())
        .isEqualTo(201);
    await("failed", () -> status(worker, "/connectors/f").contains("FAILED"));
    var again = send(worker, "POST", "/connectors/f/restart", "");
    assertThat(again.statusCode()).isEqualTo(500);
    assertThat(again.body()).contains("Failed to start connector: f");

    assertThat(send(worker, "PUT", "/connectors/h/config", config("hangs", 1)).statusCode())
        .isEqualTo(201);
    worker.requestTimeout(Duration.ofSeconds(15));
    var hangs = send(worker, "POST", "/connectors/h/restart", "");
    assertThat(hangs.statusCode()).isEqualTo(500);
    assertThat(hangs.body())
        .contains("Request timed out. The worker is currently starting the connector, which began");
    assertThat(stopping(worker)).isLessThan(Duration.ofMinutes(1));
  }
}
