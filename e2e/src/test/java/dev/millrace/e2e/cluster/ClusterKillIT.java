package dev.millrace.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.rest.RestServer;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two workers of one group, one of them in a process that is killed: asked through either, all work
 * runs, never twice at a time, and exactly once.
 */
final class ClusterKillIT {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final int CONNECTORS = 6;

  @TempDir Path dir;
  private final HttpClient http = HttpClient.newHttpClient();
  private String servers = "";

  @Test
  void killedWorkIsTakenOver() throws Exception {
    try (var kafka = EmbeddedKafka.builder().dataDir(dir.resolve("kafka")).start()) {
      servers = kafka.bootstrapServers();
      killAndWait();
    }
    try (var left = Files.newDirectoryStream(dir, "*.violation")) {
      assertThat(left).as("tasks that ran twice at a time").isEmpty();
    }
  }

  private void killAndWait() throws Exception {
    try (var survivor =
        Worker.builder()
            .settings(WorkerSettings.of(settings("survivor")))
            .rest(RestServer.factory())
            .start()) {
      survivor.started().get(90, TimeUnit.SECONDS);
      var own = survivor.restUri().orElseThrow();
      Process victim = process();
      try {
        var other = address(victim);
        await("both are members", () -> survivor.members().all().size() == 2);
        await("the other serves", () -> get(other, "/connectors").statusCode() == 200);
        setLevelEverywhere(own, other);
        for (int i = 0; i < CONNECTORS; i++) create(i % 2 == 0 ? own : other, "c" + i);
        await("all run", () -> running(own) == CONNECTORS && running(other) == CONNECTORS);
      } finally {
        victim.destroyForcibly();
      }
      await("the rest of the cluster notices", () -> survivor.members().all().size() == 1);
      await("all run again", () -> running(own) == CONNECTORS);
      var before = numbers();
      await("all go on", () -> grown(before, numbers()));
    }
  }

  /** The two have loggers of their own, and at most one of them leads. */
  private void setLevelEverywhere(URI own, URI other) throws Exception {
    var path = "/admin/loggers/org.example.everywhere";
    for (String level : List.of("DEBUG", "ERROR")) {
      var asked = level.equals("DEBUG") ? own : other;
      var request =
          HttpRequest.newBuilder(asked.resolve(path + "?scope=cluster"))
              .header("Content-Type", "application/json")
              .timeout(DEADLINE)
              .PUT(HttpRequest.BodyPublishers.ofString("{\"level\":\"" + level + "\"}"));
      var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
      assertThat(get(asked, path).body()).contains(level);
      await("both log so", () -> get(own, path).body().contains(level));
      await("both log so", () -> get(other, path).body().contains(level));
    }
  }

  private Map<String, String> settings(String name) {
    var settings = new TreeMap<String, String>();
    settings.put("bootstrap.servers", servers);
    settings.put("group.id", "kill");
    settings.put("millrace.data.dir", dir.resolve(name).toString());
    settings.put("config.storage.topic", "kill-configs");
    settings.put("status.storage.topic", "kill-statuses");
    settings.put("offset.storage.topic", "kill-offsets");
    settings.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("config.storage.replication.factor", "1");
    settings.put("status.storage.replication.factor", "1");
    settings.put("offset.storage.replication.factor", "1");
    settings.put("session.timeout.ms", "6000");
    settings.put("exactly.once.source.support", "enabled");
    settings.put("listeners", "http://127.0.0.1:0");
    return settings;
  }

  private Process process() throws Exception {
    var file = dir.resolve("victim.properties");
    String text =
        settings("victim").entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue() + "\n")
            .collect(Collectors.joining());
    Files.writeString(file, text);
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            path,
            WorkerMain.class.getName(),
            file.toString(),
            dir.resolve("victim.url").toString())
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("victim.log").toFile())
        .start();
  }

  private URI address(Process victim) throws Exception {
    var file = dir.resolve("victim.url");
    await("the process serves", () -> Files.exists(file) || !victim.isAlive());
    assertThat(victim.isAlive()).as(Files.readString(dir.resolve("victim.log"))).isTrue();
    return URI.create(Files.readString(file));
  }

  private void create(URI worker, String name) throws Exception {
    String config =
        "{\"connector.class\":\"%s\",\"topic\":\"numbers\",\"folder\":\"%s\",\"value.converter\":\"org.apache.kafka.connect.storage.StringConverter\"}"
            .formatted(LockedSource.class.getName(), dir);
    var request =
        HttpRequest.newBuilder(worker.resolve("/connectors/" + name + "/config"))
            .header("Content-Type", "application/json")
            .timeout(DEADLINE)
            .PUT(HttpRequest.BodyPublishers.ofString(config))
            .build();
    var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    assertThat(get(worker, "/connectors/" + name).statusCode())
        .as("read your writes")
        .isEqualTo(200);
  }

  private HttpResponse<String> get(URI worker, String path) {
    try {
      var request = HttpRequest.newBuilder(worker.resolve(path)).timeout(DEADLINE).build();
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many connectors run with their task, as this worker says. */
  private long running(URI worker) {
    long count = 0;
    for (int i = 0; i < CONNECTORS; i++) {
      String status = get(worker, "/connectors/c" + i + "/status").body();
      if (status.split("\"state\":\"RUNNING\"", -1).length == 3) count++;
    }
    return count;
  }

  /** The last number of each connector; fails unless they are all there once and in order. */
  private Map<String, Long> numbers() {
    var last = new TreeMap<String, Long>();
    for (String value : committed()) {
      String name = value.substring(0, value.indexOf(':'));
      long number = Long.parseLong(value.substring(value.indexOf(':') + 1));
      assertThat(number).as(name).isEqualTo(last.getOrDefault(name, 0L) + 1);
      last.put(name, number);
    }
    return last;
  }

  private List<String> committed() {
    Map<String, Object> client =
        Map.of("bootstrap.servers", servers, "isolation.level", "read_committed");
    var found = new ArrayList<String>();
    try (var consumer =
        new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
      var partition = new TopicPartition("numbers", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end =
          Optional.ofNullable(consumer.endOffsets(List.of(partition)).get(partition)).orElse(0L);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(500)).forEach(record -> found.add(record.value()));
      }
    }
    return found;
  }

  private static boolean grown(Map<String, Long> before, Map<String, Long> now) {
    return before.size() == CONNECTORS
        && before.entrySet().stream().allMatch(e -> now.get(e.getKey()) > e.getValue());
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }
}
