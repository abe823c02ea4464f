package dev.millrace.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A running worker of either product, over Kafka Connect's REST interface. */
final class Worker implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration REQUEST = Duration.ofSeconds(90);

  private final JvmProcess process;
  private final int port;

  Worker(JvmProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  JvmProcess process() {
    return process;
  }

  /** Its name in statuses. */
  String id() {
    return "127.0.0.1:" + port;
  }

  void awaitReady() throws IOException, InterruptedException {
    Await.until("the worker takes requests", START, this::ready);
  }

  private boolean ready() throws IOException, InterruptedException {
    if (!process.alive()) throw new IOException("The worker has ended:\n" + process.output());
    try {
      return send("GET", "health", "", REQUEST).status() == 200;
    } catch (java.net.ConnectException e) {
      return false;
    }
  }

  /** Creates the connector, or changes its configuration. */
  void create(String name, Map<String, String> config) throws IOException, InterruptedException {
    require("PUT", "connectors/" + name + "/config", json(config));
  }

  /** A configuration as a request's body. */
  static String json(Map<String, String> config) throws IOException {
    return JSON.writeValueAsString(config);
  }

  void delete(String name) throws IOException, InterruptedException {
    require("DELETE", "connectors/" + name, "");
  }

  /** The answer's body; repeats a request that comes at a bad moment, as its message asks for. */
  private String require(String method, String path, String body)
      throws IOException, InterruptedException {
    var answer = send(method, path, body, REQUEST);
    for (int i = 0; answer.status() == 409 && i < 100; i++) {
      Await.pass(Duration.ofMillis(50));
      answer = send(method, path, body, REQUEST);
    }
    if (answer.status() / 100 != 2) {
      throw new IOException(method + " " + path + ": " + answer.status() + answer.body());
    }
    return answer.body();
  }

  /** A task's state as REST shows it. */
  record TaskState(String connector, String state, String worker) {
    boolean runs() {
      return state.equals("RUNNING");
    }
  }

  /** The states of all tasks. */
  List<TaskState> tasks() throws IOException, InterruptedException {
    List<TaskState> all = new ArrayList<>();
    for (JsonNode connector : JSON.readTree(require("GET", "connectors?expand=status", ""))) {
      for (JsonNode task : connector.at("/status/tasks")) {
        all.add(
            new TaskState(
                connector.at("/status/name").asText(),
                task.path("state").asText(),
                task.path("worker_id").asText()));
      }
    }
    return all;
  }

  /** How many tasks are in the state RUNNING. */
  int runningTasks() throws IOException, InterruptedException {
    return (int) tasks().stream().filter(TaskState::runs).count();
  }

  /** What was answered. */
  record Answer(int status, String body) {}

  /**
   * The answer to a request, whatever it is. One thread writes and reads, over a connection that is
   * kept: so little of a figure is the client's.
   *
   * @throws java.net.SocketTimeoutException when there is none in time
   */
  Answer send(String method, String path, String body, Duration atMost) throws IOException {
    var url = URI.create("http://127.0.0.1:" + port + "/" + path).toURL();
    var connection = (HttpURLConnection) url.openConnection();
    connection.setRequestMethod(method);
    connection.setReadTimeout((int) atMost.toMillis());
    connection.setRequestProperty("Content-Type", "application/json");
    if (!body.isEmpty()) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      connection.setDoOutput(true);
      try (var out = connection.getOutputStream()) {
        out.write(bytes);
      }
    }
    int status = connection.getResponseCode();
    try (var in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return new Answer(
          status, in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
