package dev.millrace.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/** A running worker of either product, over Kafka Connect's REST interface. */
final class Worker implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration REQUEST = Duration.ofSeconds(90);

  private final JvmProcess process;
  private final URI rest;
  private final HttpClient http = HttpClient.newHttpClient();

  Worker(JvmProcess process, int port) {
    this.process = process;
    this.rest = URI.create("http://127.0.0.1:" + port + "/");
  }

  JvmProcess process() {
    return process;
  }

  void awaitReady() throws IOException, InterruptedException {
    Await.until("the worker takes requests", START, this::ready);
  }

  private boolean ready() throws IOException, InterruptedException {
    if (!process.alive()) throw new IOException("The worker has ended:\n" + process.output());
    try {
      return get("health").statusCode() == 200;
    } catch (java.net.ConnectException e) {
      return false;
    }
  }

  void create(String name, Map<String, String> config) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(rest.resolve("connectors/" + name + "/config"))
            .timeout(REQUEST)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(config)))
            .build();
    var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(name + " was not created: " + answer.body());
    }
  }

  /** How many tasks are in the state RUNNING. */
  int runningTasks() throws IOException, InterruptedException {
    int running = 0;
    for (JsonNode connector : JSON.readTree(get("connectors?expand=status").body())) {
      for (JsonNode task : connector.at("/status/tasks")) {
        if (task.path("state").asText().equals("RUNNING")) running++;
      }
    }
    return running;
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(rest.resolve(path)).timeout(REQUEST).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    process.close();
  }
}
