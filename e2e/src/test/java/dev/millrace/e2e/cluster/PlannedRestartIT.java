package dev.millrace.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.e2e.Await;
import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.model.WorkId;
import dev.millrace.rest.RestServer;
import dev.millrace.servers.FreePort;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work of a worker that is restarted waits for it, or moves when it stays away for too long. */
final class PlannedRestartIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int CONNECTORS = 4; // of one task each
  private static final Duration HOLD = Duration.ofSeconds(10);
  private static final int SHARE = CONNECTORS; // of two workers: half of instances and tasks

  @TempDir Path dir;
  private String servers = "";

  @Test
  void workIsHeldForTheWorkerOrMovesAtTheDeadline() throws Exception {
    int port = FreePort.choose();
    try (var kafka = EmbeddedKafka.builder().dataDir(dir.resolve("kafka")).start()) {
      servers = kafka.bootstrapServers();
      try (var stays = start("stays", 0, Map.of())) {
        var own = new TreeSet<WorkId>();
        var notice = Map.of("millrace.restart.hold.ms", "600000");
        try (var restarted = start("restarted", port, notice)) {
          for (int i = 0; i < CONNECTORS; i++) create(rest(stays), "c" + i);
          await("the work is shared and runs", () -> shared(stays, restarted));
          own.addAll(held(stays));
        }
        waitsWhileItIsAway(stays);
        try (var back = start("restarted", port, Map.of())) {
          await("it has its share again", () -> shared(stays, back));
          assertThat(held(stays)).as("nothing else has moved").isEqualTo(own);
          staysAwayForTooLong(stays, back);
        }
      }
    }
    try (var left = Files.newDirectoryStream(dir, "*.violation")) {
      assertThat(left).as("tasks that ran twice at a time").isEmpty();
    }
  }

  private static void waitsWhileItIsAway(Worker stays) throws Exception {
    await("it has left", () -> stays.members().all().size() == 1);
    await("what it had runs nowhere", () -> running(stays) == SHARE);
    assertThat(send(stays, "GET", "/v1/cluster", "").body())
        .contains("\"present\":false,\"leases\":" + SHARE)
        .contains("\"expected_back\":{\"hold_ms\":600000}");
  }

  /** Asked for by somebody, rather than by the worker's own settings. */
  private void staysAwayForTooLong(Worker stays, Worker back) throws Exception {
    var held = held(back);
    String path = "/v1/cluster/members/" + back.workerId() + "/restart";
    String body = "{\"hold_ms\":" + HOLD.toMillis() + "}";
    long announced = System.nanoTime(); // the time counts from here, and covers the stop
    assertThat(send(stays, "PUT", path, body).statusCode()).isEqualTo(200);
    back.close();
    await("its work has moved", () -> running(stays) == 2 * SHARE);
    assertThat(Duration.ofNanos(System.nanoTime() - announced)).isGreaterThanOrEqualTo(HOLD);
    assertThat(held(stays)).containsAll(held);
    assertThat(send(stays, "DELETE", path, "").statusCode()).isEqualTo(404);
  }

  private static Set<WorkId> held(Worker worker) {
    var held = new TreeSet<WorkId>();
    worker
        .state()
        .holders()
        .forEach(
            (work, member) -> {
              if (member.equals(worker.member())) held.add(work);
            });
    return held;
  }

  private static boolean shared(Worker one, Worker other) throws Exception {
    return held(one).size() == SHARE && held(other).size() == SHARE && running(one) == 2 * SHARE;
  }

  private Worker start(String name, int port, Map<String, String> more) throws Exception {
    if (port != 0) FreePort.await(port);
    var settings = new TreeMap<>(more);
    settings.put("bootstrap.servers", servers);
    settings.put("group.id", "planned");
    settings.put("millrace.data.dir", dir.resolve(name).toString());
    for (String kind : new String[] {"config", "status", "offset"}) {
      settings.put(kind + ".storage.topic", "planned-" + kind);
      settings.put(kind + ".storage.replication.factor", "1");
    }
    settings.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
    settings.put("value.converter", "org.apache.kafka.connect.storage.StringConverter");
    settings.put("listeners", "http://127.0.0.1:" + port);
    var worker =
        Worker.builder().settings(WorkerSettings.of(settings)).rest(RestServer.factory()).start();
    worker.started().get(3, TimeUnit.MINUTES);
    return worker;
  }

  private static URI rest(Worker worker) {
    return worker.restUri().orElseThrow();
  }

  private void create(URI worker, String name) throws Exception {
    String config =
        "{\"connector.class\":\"%s\",\"topic\":\"numbers\",\"folder\":\"%s\"}"
            .formatted(LockedSource.class.getName(), dir);
    var answer = send(worker, "PUT", "/connectors/" + name + "/config", config);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }

  private static HttpResponse<String> send(Worker worker, String method, String path, String body)
      throws Exception {
    return send(rest(worker), method, path, body);
  }

  private static HttpResponse<String> send(URI worker, String method, String path, String body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(worker.resolve(path))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofMinutes(3))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** How many instances and tasks run. */
  private static int running(Worker worker) throws Exception {
    int count = 0;
    for (int i = 0; i < CONNECTORS; i++) {
      String status = send(worker, "GET", "/connectors/c" + i + "/status", "").body();
      count += status.split("\"state\":\"RUNNING\"", -1).length - 1;
    }
    return count;
  }

  private static void await(String what, Callable<Boolean> condition) {
    Await.until(what, Await.LONG, condition, () -> "");
  }
}
