package dev.millrace.cli.rehearsal;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** What a worker is asked in a rehearsal. Used by one thread. */
public final class Requests implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final int CHANGES = 20;
  private static final int CONNECTORS = 5;

  private static final List<String> ASKED =
      List.of("/connectors", "/", "/connector-plugins", "/health", "/v1/topologies");

  private final HttpClient client = HttpClient.newHttpClient();
  private final String base;

  /**
   * Requests to a worker.
   *
   * @param base its address, without a slash at the end
   */
  public Requests(String base) {
    this.base = base;
  }

  /**
   * Waits until the worker is healthy.
   *
   * @throws IOException when it is not in time
   */
  public void awaitHealthy() throws IOException, InterruptedException {
    long begun = System.nanoTime();
    while (send("GET", "/health", "") != 200) {
      if (System.nanoTime() - begun > DEADLINE.toNanos()) {
        throw new IOException("The worker was not healthy within " + DEADLINE.toSeconds() + " s");
      }
      Thread.sleep(LOOK);
    }
  }

  /** Asks what a user asks first. */
  public void look() throws IOException, InterruptedException {
    for (String path : ASKED) send("GET", path, "");
  }

  /**
   * Creates connectors of {@link RehearsalPlugin}, changes them and deletes them.
   *
   * @return how often they were created or changed
   * @throws IOException when that is refused
   */
  public int change() throws IOException, InterruptedException {
    for (int i = 0; i < CHANGES; i++) {
      String path = connector(i % CONNECTORS) + "/config";
      int status = send("PUT", path, config(i));
      if (status / 100 != 2) throw new IOException("PUT " + path + " was answered with " + status);
    }
    for (int i = 0; i < CONNECTORS; i++) send("DELETE", connector(i), "");
    return CHANGES;
  }

  private static String connector(int number) {
    return "/connectors/rehearsal-" + number;
  }

  private static String config(int value) {
    return "{\"connector.class\":\"%s\",\"tasks.max\":\"1\",\"value\":\"%d\"}"
        .formatted(RehearsalPlugin.CONNECTOR, value);
  }

  private int send(String method, String path, String body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(DEADLINE)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    return client.send(request, BodyHandlers.discarding()).statusCode();
  }

  @Override
  public void close() {
    client.close();
  }
}
