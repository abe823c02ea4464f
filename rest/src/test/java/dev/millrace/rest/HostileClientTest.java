package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.worker.RestListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that mean harm, or are broken, keep nobody else from being answered. */
@Timeout(300)
class HostileClientTest {

  private static final int CLIENTS = 400; // more than requests that may wait at once

  private final InMemoryWorker worker = Fixture.worker();
  private final List<Socket> clients = new ArrayList<>();
  private RestListener server;

  @BeforeEach
  void open() {
    server =
        RestServer.factory()
            .open(Map.of("listeners", "http://127.0.0.1:0", "admin.listeners", ""), worker);
  }

  @AfterEach
  void close() throws IOException {
    for (var client : clients) client.close();
    server.close();
  }

  private Socket client(String sent) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort());
    clients.add(socket);
    socket.setSoTimeout(120_000);
    socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  /** The whole answer to a request whose client closes. */
  private String exchange(String request) throws IOException {
    return new String(client(request).getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private String get(String path) throws IOException {
    return exchange("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  }

  private String post(String body) throws IOException {
    return exchange(
        "POST /connectors HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), body));
  }

  private void othersAreAnswered() throws IOException {
    long begun = System.nanoTime();
    assertThat(get("/health")).startsWith("HTTP/1.1 200");
    assertThat(get("/connectors/src/status")).startsWith("HTTP/1.1 200");
    assertThat(post("{\"name\":\"n\",\"config\":{\"connector.class\":\"Sink\"}}"))
        .startsWith("HTTP/1.1 201");
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)).isLessThan(60);
  }

  @Test
  void headersThatNeverEndKeepNobodyWaiting() throws IOException {
    for (int i = 0; i < CLIENTS; i++) client("GET /connectors HTTP/1.1\r\nHost: a\r\nX-Slow: ");
    othersAreAnswered();
  }

  @Test
  void bodiesThatNeverEndKeepNobodyWaiting() throws IOException {
    for (int i = 0; i < CLIENTS; i++) {
      client(
          "POST /connectors HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
              + "Content-Length: 1000\r\n\r\n{");
    }
    othersAreAnswered();
  }

  @Test
  void bodiesTakeNoMoreRoomThanThereIs() throws IOException {
    var most =
        "POST /connectors HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: %d\r\n\r\n{".formatted(HttpBridge.MAX_BODY_BYTES);
    for (int i = 0; i < 80; i++) client(most);
    var refused = post("{}");
    while (!refused.startsWith("HTTP/1.1 503")) {
      client(most); // a body before may have had what the last of these needed
      refused = post("{}");
    }
    assertThat(refused).contains("Retry-After: 1");
    assertThat(get("/connectors/src/status")).startsWith("HTTP/1.1 200");
    for (var client : clients) client.close();
    clients.clear();
    while (post("{}").startsWith("HTTP/1.1 503")) LockSupport.parkNanos(5_000_000);
    othersAreAnswered();
  }

  @Test
  void bodiesOfUnknownLengthTakeNoMoreRoomThanTheyNeedOnceTheyAreThere() throws Exception {
    var entered = new Semaphore(0);
    var mayEnd = new CountDownLatch(1);
    worker.intercept(
        command -> {
          entered.release();
          await(mayEnd);
          return Optional.empty();
        });
    try {
      for (int i = 0; i < 80; i++) {
        var body = "{\"name\":\"n%02d\",\"config\":{\"connector.class\":\"Sink\"}}".formatted(i);
        client(
            "POST /connectors HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                    .formatted(body.length(), body));
        assertThat(entered.tryAcquire(1, TimeUnit.MINUTES)).as("request %d", i).isTrue();
      }
    } finally {
      mayEnd.countDown();
    }
    for (var client : clients) {
      assertThat(client.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 201");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void requestsThatWaitForTheWorkerDoNotHideItsHealth() throws IOException {
    worker.ready(false);
    for (int i = 0; i < CLIENTS; i++) client("GET /connectors HTTP/1.1\r\nHost: a\r\n\r\n");
    for (String path : List.of("/", "/metrics", "/v1/cluster", "/v1/events", "/openapi.json")) {
      assertThat(get(path)).startsWith("HTTP/1.1 200");
    }
    assertThat(get("/health")).startsWith("HTTP/1.1 503").contains("currently starting");
    worker.ready(true);
    for (var client : clients.subList(0, CLIENTS)) {
      assertThat(client.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");
    }
  }

  @Test
  void headersAreBounded() throws IOException {
    var flood = "X-Flood: " + "x".repeat(1000) + "\r\n";
    assertThat(exchange("GET / HTTP/1.1\r\nHost: a\r\n" + flood.repeat(20) + "\r\n"))
        .startsWith("HTTP/1.1 431");
    assertThat(exchange("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
        .startsWith("HTTP/1.1 414");
    othersAreAnswered();
  }

  @Test
  void deepAndHugeJsonIsRefused() throws IOException {
    assertThat(post("{\"name\":\"n\",\"config\":" + "[".repeat(500_000)))
        .startsWith("HTTP/1.1 500")
        .contains("error_code");
    assertThat(post("{\"name\":\"n\",\"config\":{\"a\":" + "9".repeat(500_000) + "}}"))
        .startsWith("HTTP/1.1 500");
    assertThat(post("{\"" + "n".repeat(500_000) + "\":1}")).startsWith("HTTP/1.1 500");
    othersAreAnswered();
  }

  @ParameterizedTest
  @CsvSource({
    "/connectors/../admin/loggers",
    "/connectors/%2e%2e/admin/loggers",
    "//admin/loggers",
    "/admin/loggers",
    "/%61dmin/loggers",
    "/admin;x=y/loggers",
    "/./admin/loggers",
    "/connectors/%2E%2E%2Fadmin%2Floggers",
    "\\admin\\loggers",
    "http://a/admin/loggers",
    "/connectors/..%00/admin/loggers"
  })
  void noWayLeadsToWhatIsNotServed(String path) throws IOException {
    assertThat(get(path)).containsPattern("^HTTP/1.1 (400|404)").doesNotContain("\"level\"");
  }
}
