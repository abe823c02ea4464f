package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerSettings;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Workers in a host's process, several at a time, started and stopped over and over: nothing of
 * them stays. {@code -Dmillrace.lives=n} sets how many live.
 */
@Isolated("it looks at threads, MBeans and files of the whole process")
@Timeout(1800)
class WorkerLivesIT {

  private static final int LIVES = Integer.getInteger("millrace.lives", 120);
  private static final int AT_ONCE = 3;

  @TempDir Path folder;

  private Map<String, String> settings() {
    var settings = new HashMap<String, String>();
    settings.put("bootstrap.servers", "localhost:1"); // nobody is there
    settings.put("listeners", "HTTP://localhost:0");
    settings.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("plugin.path", IdleSource.folder(folder).toString());
    settings.put("plugin.discovery", "service_load");
    settings.put("key.of.the.host", "kept");
    return settings;
  }

  private static Worker start(Map<String, String> settings) {
    return Worker.builder()
        .settings(WorkerSettings.of(settings))
        .rest(RestServer.factory())
        .start();
  }

  private static HttpResponse<String> send(Worker worker, String method, String path, String body)
      throws Exception {
    var uri = URI.create("http://" + worker.workerId() + path);
    var request =
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofMinutes(3))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static void createConnector(Worker worker, int tasks) throws Exception {
    var body =
        "{\"name\":\"c\",\"config\":{\"connector.class\":\"IdleSource\",\"topic\":\"lives\",\"tasks\":\"%d\"}}"
            .formatted(tasks);
    var made = send(worker, "POST", "/connectors", body);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
  }

  private static void watch(Leftovers leftovers, Worker worker) {
    leftovers.watch(worker);
    var plugin = worker.plugins().connector("IdleSource");
    assertThat(plugin.loader()).isNotSameAs(WorkerLivesIT.class.getClassLoader());
    leftovers.watch(plugin.loader());
  }

  @Test
  void standaloneWorkersLeaveNothingBehind() throws Exception {
    var settings = settings();
    settings.put("offset.storage.file.filename", folder.resolve("offsets").toString());
    var given = Map.copyOf(settings);
    round(settings); // what a JVM loads once
    var leftovers = new Leftovers();
    var own = new URLClassLoader(new URL[0], WorkerLivesIT.class.getClassLoader());
    var before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(own);
    try {
      for (int lives = 0; lives < LIVES; lives += AT_ONCE) {
        round(settings).forEach(worker -> watch(leftovers, worker));
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(own);
      }
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
    assertThat(settings).isEqualTo(given);
    leftovers.awaitNone(12);
  }

  /** Several at once, each with a connector; they are stopped when this returns. */
  private List<Worker> round(Map<String, String> settings) throws Exception {
    var workers = new ArrayList<Worker>();
    try {
      for (int i = 0; i < AT_ONCE; i++) workers.add(start(settings));
      for (var worker : workers) createConnector(worker, 0);
    } finally {
      workers.forEach(Worker::stop);
    }
    for (var worker : workers) {
      assertThat(worker.death()).isCompleted();
      worker.stop();
    }
    return workers;
  }

  @Test
  void workersOfAGroupLeaveNothingBehind() throws Exception {
    try (var kafka = EmbeddedKafka.builder().dataDir(folder.resolve("kafka")).start()) {
      var settings = settings();
      settings.put("bootstrap.servers", kafka.bootstrapServers());
      settings.put("group.id", "lives");
      for (String topic : List.of("config", "offset", "status")) {
        settings.put(topic + ".storage.topic", "lives-" + topic);
        settings.put(topic + ".storage.replication.factor", "1");
      }
      settings.put("task.shutdown.graceful.timeout.ms", "1000");
      together(settings);
      var leftovers = new Leftovers();
      for (int lives = 0; lives < LIVES / 30; lives += 2) {
        together(settings).forEach(worker -> watch(leftovers, worker));
      }
      leftovers.awaitNone(64);
      assertThat(Files.exists(folder.resolve("kafka"))).isTrue();
    }
  }

  private List<Worker> together(Map<String, String> settings) throws Exception {
    var workers = List.of(start(settings), start(settings));
    try {
      for (var worker : workers) worker.started().get(3, TimeUnit.MINUTES);
      var answer = send(workers.get(1), "PUT", "/connectors/c/config", CONFIG);
      assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
      assertThat(send(workers.get(0), "GET", "/connectors/c", "").statusCode()).isIn(200, 404);
    } finally {
      workers.forEach(Worker::stop);
    }
    return workers;
  }

  private static final String CONFIG =
      "{\"connector.class\":\"IdleSource\",\"topic\":\"lives\",\"tasks\":\"1\"}";
}
