package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Rejection;
import dev.millrace.worker.RestListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server over its life: starting, states that follow each other, load, and its end. */
@Timeout(300)
class RestServerTest {

  private static final String TABLE = "v1/topologies/user-visits/tables/visits?key=42";

  private final InMemoryWorker worker = Fixture.worker();
  private final HttpClient client = HttpClient.newHttpClient();
  private RestListener server;

  @BeforeEach
  void open() {
    server = RestServer.factory().open(Map.of("listeners", "http://127.0.0.1:0"), worker);
  }

  @AfterEach
  void close() {
    server.close();
    client.close();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(server.uri() + path)).timeout(Duration.ofMinutes(2));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(to(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> send(String method, String path, String json)
      throws IOException, InterruptedException {
    return client.send(
        to(path)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(json))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** One HTTP exchange byte for byte, for what a well-behaved client would not send. */
  private String raw(String request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort())) {
      socket.setSoTimeout(120_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(untilClosed(socket.getInputStream()), StandardCharsets.UTF_8);
    }
  }

  /** A server that closes before it has read all that was sent resets the connection. */
  private static byte[] untilClosed(InputStream answer) throws IOException {
    var read = new ByteArrayOutputStream();
    try {
      answer.transferTo(read);
    } catch (SocketException reset) {
      assertThat(read.size()).as("answered before %s", reset).isPositive();
    }
    return read.toByteArray();
  }

  @Test
  void answersWhatItCanWhileTheWorkerStarts() throws Exception {
    worker.ready(false);

    assertThat(get("").body()).endsWith("\"kafka_cluster_id\":null}");
    assertThat(get("health").statusCode()).isEqualTo(503);
    assertThat(get("health").body())
        .isEqualTo(
            "{\"status\":\"starting\",\"message\":\"Worker is still starting up. The"
                + " worker is currently starting.\"}");
    worker.requestTimeout(Duration.ofMillis(50));
    assertThat(get("connectors").body())
        .isEqualTo(
            "{\"error_code\":500,\"message\":\"Request timed out. The worker is currently"
                + " starting.\"}");
    assertThat(get("nope").statusCode()).isEqualTo(404);

    worker.requestTimeout(Duration.ofMinutes(3));
    var early = client.sendAsync(to("connectors").build(), HttpResponse.BodyHandlers.ofString());
    assertThat(get("health").statusCode()).isEqualTo(503);
    worker.ready(true);
    assertThat(early.get(2, TimeUnit.MINUTES).statusCode()).isEqualTo(200);
    assertThat(get("connectors").statusCode()).isEqualTo(200);
  }

  @Test
  void showsTheLifeOfAConnector() throws Exception {
    var created =
        send(
            "POST",
            "connectors",
            "{\"name\":\"x\",\"config\":{\"connector.class\":\"Sink\"},\"initial_state\":\"PAUSED\"}");
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(instanceState("x")).isEqualTo("PAUSED");
    assertThat(send("PUT", "connectors/x/resume", "").statusCode()).isEqualTo(202);
    assertThat(instanceState("x")).isEqualTo("RUNNING");
    worker.generateTasks("x", List.of(Map.of("a", "b")));
    assertThat(get("connectors/x/tasks/0/status").body()).contains("RUNNING");
    assertThat(send("PUT", "connectors/x/stop", "").statusCode()).isEqualTo(204);
    assertThat(instanceState("x")).isEqualTo("STOPPED");
    assertThat(get("connectors/x/tasks").body()).isEqualTo("[]");
    assertThat(send("PUT", "connectors/x/config", "{\"connector.class\":\"Source\"}").body())
        .contains("\"type\":\"source\"");
    assertThat(instanceState("x")).as("the target state is kept").isEqualTo("STOPPED");
    assertThat(send("DELETE", "connectors/x", "").statusCode()).isEqualTo(204);
    assertThat(get("connectors/x").statusCode()).isEqualTo(404);
    assertThat(get("connectors/x/status").statusCode()).isEqualTo(404);
  }

  private String instanceState(String connector) throws IOException, InterruptedException {
    var status = get("connectors/" + connector + "/status").body();
    return status.replaceFirst(".*\"connector\":\\{\"state\":\"([A-Z]+)\".*", "$1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NOT_FOUND      | 404 | Unknown connector src
          ALREADY_EXISTS | 409 | why. do this
          CONFLICT       | 409 | why. do this
          INVALID        | 400 | why. do this
          UNAVAILABLE    | 500 | why. do this
          UNKNOWN_FATE   | 500 | why. do this
          """)
  void saysWhyACommandWasRejected(Rejection.Code code, int status, String message)
      throws Exception {
    worker.intercept(
        c -> Optional.of(new CommandResult.Rejected(new Rejection(code, "why", "do this"))));

    var response = send("PUT", "connectors/src/pause", "");

    assertThat(response.body()).isEqualTo(Case.errorBody(status, message));
    assertThat(response.statusCode()).isEqualTo(status);
  }

  @Test
  void givesRestartsTheirMeaning() throws Exception {
    var commands = new ArrayList<Command>();
    worker.intercept(
        command -> {
          commands.add(command);
          return Optional.of(new CommandResult.Done(1, false));
        });
    for (var query : List.of("", "?includeTasks=true", "?onlyFailed=true&includeTasks=True")) {
      send("POST", "connectors/src/restart" + query, "");
    }
    assertThat(commands)
        .extracting(command -> ((Command.RestartConnector) command).what().name())
        .containsExactly("INSTANCE", "INSTANCE_AND_TASKS", "FAILED_INSTANCE_AND_TASKS");
  }

  @Test
  void answersAHandlersExceptionWithItsMessage() throws Exception {
    worker.onQuery(
        () -> {
          throw new IllegalStateException("broken");
        });
    assertThat(get(TABLE).body()).isEqualTo("{\"error_code\":500,\"message\":\"broken\"}");
    worker.onQuery(
        () -> {
          throw new IllegalStateException();
        });
    assertThat(get(TABLE).body()).isEqualTo("{\"error_code\":500,\"message\":null}");
    worker.onQuery(
        () -> {
          throw new StackOverflowError();
        });
    assertThat(get(TABLE).body()).contains("\"error_code\":500,\"message\":\"Internal error");
  }

  @Test
  void takesRequestsWithoutAHostAndRefusesBrokenOnes() throws Exception {
    var body = "{\"name\":\"raw\",\"config\":{\"connector.class\":\"Sink\"}}";
    assertThat(
            raw(
                "POST /connectors HTTP/1.0\r\nContent-Type: application/json; charset=UTF-8\r\n"
                    + "Content-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body))
        .contains(" 201 ")
        .contains("Location: http://127.0.0.1:8083/connectors/raw");
    assertThat(raw("GET /connectors?expand=%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        .contains(" 200 ");
    assertThat(raw("GET /connectors/%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        .contains(" 400 ");
    assertThat(raw("nonsense\r\n\r\n")).contains(" 400 ");
  }

  @Test
  void boundsBodiesOfUnknownLength() throws Exception {
    var chunk = "x".repeat(0x10000);
    var chunked =
        "POST /connectors HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + ("10000\r\n" + chunk + "\r\n").repeat(16)
            + "1\r\nx\r\n0\r\n\r\n";
    assertThat(raw(chunked)).contains(" 413 ").containsIgnoringCase("Connection: close");
  }

  /** Or the connection is cut while it is being sent, and whoever sends it sees no answer. */
  @Test
  void readsBodiesThatAreTooLargeToTheirEnd() throws Exception {
    var body = "x".repeat(16 * HttpBridge.MAX_BODY_BYTES); // more than sockets buffer
    var head = "POST /connectors HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length();
    assertThat(raw(head + "\r\n\r\n" + body))
        .contains(" 413 ")
        .containsIgnoringCase("Connection: close");
  }

  @Test
  void runsEachRequestOnAVirtualThread() throws Exception {
    var virtual = new AtomicBoolean();
    worker.onQuery(() -> virtual.set(Thread.currentThread().isVirtual()));
    assertThat(get(TABLE).statusCode()).isEqualTo(200);
    assertThat(virtual).isTrue();
  }

  @Test
  void answersAThousandRequestsAtOnce() {
    var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (int i = 0; i < 1000; i++) {
      answers.add(client.sendAsync(concurrent(i).build(), HttpResponse.BodyHandlers.ofString()));
    }
    var statuses = answers.stream().map(answer -> answer.join().statusCode()).toList();
    for (int i = 0; i < 1000; i++) {
      assertThat(statuses.get(i)).isEqualTo(i % 4 == 0 ? 201 : 200);
    }
    assertThat(worker.state().connectors()).hasSize(8 + 250);
  }

  private HttpRequest.Builder concurrent(int i) {
    return switch (i % 4) {
      case 0 ->
          to("connectors/c" + i + "/config")
              .header("Content-Type", "application/json")
              .PUT(HttpRequest.BodyPublishers.ofString("{\"connector.class\":\"Source\"}"));
      case 1 -> to("connectors?expand=status&expand=info");
      case 2 -> to("connectors/src/status");
      default -> to(TABLE);
    };
  }

  @Test
  void letsARunningRequestEndWhenClosed() throws Exception {
    var entered = new CountDownLatch(1);
    var mayGoOn = new CountDownLatch(1);
    worker.onQuery(
        () -> {
          entered.countDown();
          await(mayGoOn);
        });
    var answer = client.sendAsync(to(TABLE).build(), HttpResponse.BodyHandlers.ofString());
    await(entered);
    var closing = CompletableFuture.runAsync(server::close);
    awaitRefusal(server);
    assertThat(closing).isNotDone();
    mayGoOn.countDown();

    assertThat(answer.get(2, TimeUnit.MINUTES).statusCode()).isEqualTo(200);
    closing.get(2, TimeUnit.MINUTES);
  }

  @Test
  void interruptsARequestThatDoesNotEnd() throws Exception {
    var entered = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    worker.onQuery(
        () -> {
          entered.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        });
    var unused = client.sendAsync(to(TABLE).build(), HttpResponse.BodyHandlers.ofString());
    await(entered);
    long before = System.nanoTime();
    server.close();
    var took = Duration.ofNanos(System.nanoTime() - before);

    await(interrupted);
    assertThat(took).isLessThan(RestServer.STOP_TIMEOUT.plusMinutes(1));
    server.close(); // again: nothing happens
  }

  /** Until a server that is being closed takes no more connections. */
  static void awaitRefusal(RestListener server) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (System.nanoTime() < deadline) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort())) {
        assertThat(socket.isConnected()).isTrue();
      } catch (ConnectException e) {
        return;
      }
    }
    Assertions.fail("still takes connections");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
