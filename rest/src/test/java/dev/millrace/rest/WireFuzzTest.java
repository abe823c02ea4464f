package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Damaged requests, byte for byte, on real connections: whatever comes, the server answers the next
 * client. {@code -Dfuzz.connections=n} sends more, {@code -Dfuzz.seed=n} repeats a run.
 */
@Timeout(600)
class WireFuzzTest {

  private static final int CONNECTIONS = Integer.getInteger("fuzz.connections", 300);
  private static final List<String> REQUESTS =
      List.of(
          wire(
              """
              GET /connectors HTTP/1.1
              Host: x
              Connection: close

              """),
          wire(
              """
              POST /connectors HTTP/1.1
              Host: x
              Content-Type: application/json
              Content-Length: 15
              Connection: close

              {"name":"abcd"}"""),
          wire(
              """
              PUT /connectors/src/config HTTP/1.1
              Host: x
              Transfer-Encoding: chunked
              Connection: close

              2
              {}
              0

              """),
          wire(
              """
              GET /v1/events?limit=1 HTTP/1.0

              """));

  private static String wire(String lines) {
    return lines.replace("\n", "\r\n");
  }

  @Test
  void damagedRequestsHurtNobodyElse() throws Exception {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    var random = new Random(seed);
    try (var server =
        RestServer.factory().open(Map.of("listeners", "http://127.0.0.1:0"), Fixture.worker())) {
      int port = server.uri().getPort();
      for (int i = 0; i < CONNECTIONS; i++) {
        var answer = exchange(port, damaged(random));
        assertThat(answer)
            .as("seed %d, connection %d", seed, i)
            .satisfiesAnyOf(
                text -> assertThat(text).isEmpty(), text -> assertThat(text).startsWith("HTTP/1."));
        assertThat(answer).as("seed %d", seed).doesNotContain("Internal error");
      }
      assertThat(exchange(port, REQUESTS.getFirst().getBytes(StandardCharsets.ISO_8859_1)))
          .as("seed %d", seed)
          .startsWith("HTTP/1.1 200");
    }
  }

  private static byte[] damaged(Random random) {
    var bytes = REQUESTS.get(random.nextInt(REQUESTS.size())).getBytes(StandardCharsets.ISO_8859_1);
    for (int i = random.nextInt(6); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  /** The answer; empty when there is none before the client goes away. */
  private static String exchange(int port, byte[] request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(500);
      socket.getOutputStream().write(request);
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (SocketTimeoutException e) {
      return "";
    } catch (IOException e) {
      if (e instanceof java.net.SocketException) return ""; // closed on us
      throw e;
    }
  }
}
