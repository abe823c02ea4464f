package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;

/** Asks a running Millrace over REST; its options say which. Filled in by picocli, one thread. */
final class RestClient {
  private static final String USUAL = "http://127.0.0.1:8083";
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Its REST address. Default: the one of the Millrace of the data directory.")
  private String url = "";

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Its data directory. Default: ~/.millrace, then the demo's")
  private Path dataDir;

  /**
   * An answer.
   *
   * @param status HTTP status
   * @param body JSON, or a text node
   */
  record Answer(int status, JsonNode body) {

    /** What an error answer says. */
    String message() {
      return body.path("message").asText("HTTP " + status);
    }
  }

  /** The data directories to look in. */
  List<Path> dataDirs(Outside outside) {
    return dataDir == null
        ? List.of(outside.defaultDataDir(), outside.demoDataDir())
        : List.of(dataDir);
  }

  /** The address that is asked. */
  String base(Outside outside) {
    Optional<String> given = url.isEmpty() ? Optional.empty() : Optional.of(url);
    return given
        .or(() -> Addresses.find(dataDirs(outside), Addresses.REST))
        .orElse(USUAL)
        .replaceFirst("/+$", "");
  }

  /**
   * Asks.
   *
   * @param path with its query, encoded
   * @throws CommandFailure when nobody answers
   */
  Answer get(Outside outside, String path) {
    return send(outside, path, HttpRequest.Builder::GET);
  }

  /** The same with a body, as JSON. */
  Answer put(Outside outside, String path, Map<String, ?> body) {
    String text = Json.line(body);
    return send(
        outside,
        path,
        request ->
            request
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(text)));
  }

  /** Asks for something to be gone. */
  Answer delete(Outside outside, String path) {
    return send(outside, path, HttpRequest.Builder::DELETE);
  }

  private Answer send(Outside outside, String path, UnaryOperator<HttpRequest.Builder> method) {
    String base = base(outside);
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(DEADLINE).build()) {
      var request = method.apply(HttpRequest.newBuilder(URI.create(base + path)));
      var response =
          client.send(request.timeout(DEADLINE).build(), HttpResponse.BodyHandlers.ofByteArray());
      JsonNode body =
          Json.read(response.body())
              .orElseGet(() -> Json.text(new String(response.body(), StandardCharsets.UTF_8)));
      return new Answer(response.statusCode(), body);
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure(
          "No Millrace answers at %s (%s). Start one with \"millrace run\" or \"millrace demo\", or give its address with --url."
              .formatted(base, e),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("Interrupted while asking " + base, e);
    }
  }

  /** The names of the topologies that run. */
  List<String> topologies(Outside outside) {
    Answer answer = get(outside, "/v1/topologies");
    if (answer.status() != 200) {
      throw new CommandFailure(base(outside) + " says: " + answer.message());
    }
    List<String> names = new java.util.ArrayList<>();
    answer.body().forEach(topology -> names.add(topology.path("name").asText()));
    return names;
  }

  /** For use in a path or query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
