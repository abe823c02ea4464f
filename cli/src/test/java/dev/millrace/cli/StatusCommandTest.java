package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exit code of {@code status}, by what REST answers about the topology {@code a}. */
final class StatusCommandTest {
  @TempDir private Path home;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer("/v1/topologies", 200, "[{\"name\":\"a\"}]");
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aMessageThatSpeaksOfAFailureIsNone() {
    Cli shown = status(200, stage("RUNNING", "RUNNING", "the database: login failed"));
    assertThat(shown.out()).contains("for the database: login failed");
    assertThat(shown.code()).isZero();
  }

  @Test
  void aConnectorOrTaskThatHasFailedIsOne() {
    assertThat(status(200, stage("FAILED", "RUNNING", "x")).code()).isEqualTo(1);
    server.removeContext("/v1/topologies/a");
    assertThat(status(200, stage("RUNNING", "FAILED", "x")).code()).isEqualTo(1);
  }

  @Test
  void anAnswerThatIsNoTopologyIsSaid() {
    Cli refused = status(503, "{\"message\":\"The worker is still starting up\"}");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo("error: " + url() + " says: The worker is still starting up\n");
  }

  private static String stage(String state, String task, String awaited) {
    return """
    {"stages":[{"stage":"s","kind":"sink","state":"%s","tasks":[
      {"id":0,"state":"%s","waiting":{"since":"2026-01-01T00:00:00Z","for":"%s"}}]}]}
    """
        .formatted(state, task, awaited);
  }

  private Cli status(int code, String topology) {
    answer("/v1/topologies/a", code, topology);
    return Cli.run(home, Map.of(), "status", "--url", url());
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(String path, int code, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(code, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }
}
