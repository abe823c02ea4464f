package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.stream.StreamSupport;

/** The REST interface of a worker, ours or Kafka Connect's. */
public final class Rest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Rest() {}

  static void create(URI rest, String name, Map<String, String> config, String state)
      throws Exception {
    var body = Map.of("name", name, "config", config, "initial_state", state);
    var answer = send(rest, "POST", "/connectors", JSON.writeValueAsString(body));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }

  static JsonNode get(URI rest, String path) throws Exception {
    return JSON.readTree(send(rest, "GET", path, "").body());
  }

  public static HttpResponse<String> send(URI rest, String method, String path, String body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(rest.resolve(path))
            .timeout(Duration.ofMinutes(2))
            .header("Content-Type", "application/json")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    var answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    long end = System.nanoTime() + Await.LONG.toNanos();
    while (wantsItAgain(answer.statusCode(), answer.body()) && System.nanoTime() < end) {
      answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
    return answer;
  }

  /** Whether Kafka Connect answers that a change of configurations is in the way for a moment. */
  public static boolean wantsItAgain(int status, String body) {
    return status == 409 && body.contains("momentarily due to stale configuration");
  }

  /** A connector's state, of an answer to {@code /connectors?expand=status}. */
  static String state(JsonNode status, String name) {
    return status.path(name).path("status").path("connector").path("state").asText();
  }

  /** Whether the connector runs, and all of its tasks, of which it has some. */
  static boolean runs(JsonNode status, String name) {
    var tasks = status.path(name).path("status").path("tasks");
    return state(status, name).equals("RUNNING")
        && !tasks.isEmpty()
        && StreamSupport.stream(tasks.spliterator(), false)
            .allMatch(task -> task.path("state").asText().equals("RUNNING"));
  }
}
