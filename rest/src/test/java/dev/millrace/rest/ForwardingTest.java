package dev.millrace.rest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.model.WorkId;
import dev.millrace.worker.RestListener;
import dev.millrace.worker.WorkerApi.Leader;
import dev.millrace.worker.cluster.FenceGate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two REST servers: what only the leader can answer is asked of the other one. */
@Timeout(300)
class ForwardingTest {

  private static final String CONFLICT =
      "Cannot complete request because of a conflicting operation (e.g. worker rebalance)";

  @TempDir private Path folder;

  private final InMemoryWorker leading = Fixture.worker();
  private final InMemoryWorker following = new InMemoryWorker();
  private final RestListener leader = open(leading);
  private final RestListener follower = open(following);
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Long> awaited = new CopyOnWriteArrayList<>();

  ForwardingTest() {
    following.leader(new Leader.At(leader.uri()));
    following.onAwait(awaited::add);
  }

  private static RestListener open(InMemoryWorker worker) {
    return RestServer.factory().open(Map.of("listeners", "http://127.0.0.1:0"), worker);
  }

  @AfterEach
  void close() {
    client.close();
    follower.close();
    leader.close();
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    return send(follower.uri(), method, path, body, headers);
  }

  private HttpResponse<String> send(
      URI worker, String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(worker + path))
            .timeout(Duration.ofMinutes(3))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!body.isEmpty()) request.header("Content-Type", "application/json");
    if (headers.length > 0) request.headers(headers);
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private void mustConflict(HttpResponse<String> answer, String message) {
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PUT    | connectors/x/config                        | {"connector.class":"Sink"} | 201
          PUT    | connectors/src/config                      | {"connector.class":"Sink"} | 200
          PATCH  | connectors/src/config                      | {"a":"b"}                  | 200
          DELETE | connectors/src                             | ''                         | 204
          DELETE | connectors/nope                            | ''                         | 404
          PUT    | connectors/src/pause                       | ''                         | 202
          PUT    | connectors/snk/resume                      | ''                         | 202
          PUT    | connectors/src/stop                        | ''                         | 204
          POST   | connectors/src/restart                     | ''                         | 204
          POST   | connectors/src/restart?includeTasks=true   | ''                         | 202
          POST   | connectors/src/tasks/0/restart             | ''                         | 204
          POST   | connectors/src/tasks/9/restart             | ''                         | 404
          DELETE | connectors/off/offsets                     | ''                         | 200
          DELETE | connectors/src/offsets                     | ''                         | 400
          """)
  void passesTheLeadersAnswerOn(String method, String path, String body, int status)
      throws Exception {
    var answer = send(method, path, body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(awaited)
        .as("answered when this worker has read as far as the leader")
        .containsExactly(leading.state().offset());
    assertThat(answer.headers().firstValue(Onward.READ_TO)).isEmpty();
    assertThat(following.state().connectors()).as("nothing is decided here").isEmpty();
  }

  @Test
  void tellsWhereTheClientFindsWhatWasMade() throws Exception {
    var answer =
        send("POST", "connectors", "{\"name\":\"a b\",\"config\":{\"connector.class\":\"Sink\"}}");

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).startsWith("{\"name\":\"a b\"").contains("\"type\":\"sink\"}");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("Location"))
        .contains("http://127.0.0.1:" + follower.uri().getPort() + "/connectors/a%20b");
    assertThat(leading.state().connectors()).containsKey("a b");
  }

  @Test
  void shows202AsTheLeaderDoes() throws Exception {
    var answer = send("POST", "connectors/src/restart?onlyFailed=true&includeTasks=true", "");

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).contains("\"id\":1,\"state\":\"RESTARTING\"");
    assertThat(leading.state().work().get(new WorkId("src", 1)).retryFailedAt()).isPositive();
  }

  @Test
  void whatIsWrongIsSaidHereWithoutAskingTheLeader() throws Exception {
    leader.close();

    assertThat(send("PUT", "connectors/x/config", "{\"connector.class\":\"No\"}").statusCode())
        .isEqualTo(400);
    var answer = send("DELETE", "connectors/src", "");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("IO Error trying to forward REST request: ");
  }

  @Test
  void waitsForALeader() throws Exception {
    following.leader(new Leader.Unknown());
    following.nextLeader(new Leader.At(leader.uri()));
    assertThat(send("DELETE", "connectors/src", "").statusCode()).isEqualTo(204);

    following.leader(new Leader.Unknown());
    following.nextLeader(new Leader.Here());
    assertThat(send("PUT", "connectors/n/config", "{\"connector.class\":\"Sink\"}").statusCode())
        .isEqualTo(201);
    assertThat(following.state().connectors()).containsOnlyKeys("n");
  }

  @Test
  void saysThatNobodyKnownLeads() throws Exception {
    following.leader(new Leader.Unknown());

    var late = send("DELETE", "connectors/src", "");
    assertThat(late.statusCode()).isEqualTo(500);
    assertThat(late.body()).contains("Request timed out.");
    mustConflict(
        send("DELETE", "connectors/src?forward=true", ""),
        "Cannot complete request momentarily due to no known leader URL,"
            + " likely because a rebalance was underway.");
  }

  @Test
  void goesOnTwiceAndNoFurther() throws Exception {
    mustConflict(send("DELETE", "connectors/src?forward=false", ""), CONFLICT);
    assertThat(send("DELETE", "connectors/src?forward=true", "").statusCode()).isEqualTo(204);

    following.leader(new Leader.At(follower.uri())); // both think that the other one leads
    mustConflict(send("DELETE", "connectors/snk", ""), CONFLICT);
    leading.leader(new Leader.At(follower.uri()));
    following.leader(new Leader.At(leader.uri()));
    mustConflict(send("DELETE", "connectors/snk", ""), CONFLICT);
  }

  @Test
  void aLeaderThatIsNoneAnyMoreIsAConflict() throws Exception {
    following.leader(new Leader.Here());
    following.intercept(
        c -> Optional.of(new dev.millrace.model.CommandResult.NotLeader("somebody")));

    mustConflict(send("DELETE", "connectors/src", ""), CONFLICT);
  }

  /** A leader that answers what the test wants, and notes what it was asked. */
  private List<String> stranger(int status, String body, String... retryAfter) throws IOException {
    var seen = new CopyOnWriteArrayList<String>();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var headers = new ArrayList<String>();
          exchange.getRequestHeaders().forEach((k, v) -> headers.add(k + "=" + v.getFirst()));
          seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + headers);
          exchange.getResponseHeaders().put(Response.RETRY_AFTER, List.of(retryAfter));
          var bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    following.leader(
        new Leader.At(URI.create("http://127.0.0.1:" + server.getAddress().getPort())));
    return seen;
  }

  @Test
  void copiesAuthorizationAndNoOtherHeader() throws Exception {
    var seen = stranger(204, "");

    send("DELETE", "connectors/a%20b?x=1%26", "", "Authorization", "Basic YTpi", "Cookie", "c=d");

    assertThat(seen).hasSize(1);
    assertThat(seen.getFirst())
        .startsWith("DELETE /connectors/a%20b?x=1%26&forward=true ")
        .contains("Authorization=Basic YTpi", "User-agent=kafka-connect")
        .contains("Accept=application/json")
        .doesNotContain("Cookie");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          302 | ''                                     | Unexpected status code when handling forwarded request: 302
          500 | <html>                                 | IO Error trying to forward REST request
          503 | ''                                     | the leader answered 503 without saying why
          200 | not json                               | IO Error trying to forward REST request
          """)
  void saysWhatALeaderAnsweredThatMakesNoSense(int status, String body, String message)
      throws Exception {
    stranger(status, body);

    var answer = send("DELETE", "connectors/src", "");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains(message);
  }

  @Test
  void passesErrorsOnAsTheyAre() throws Exception {
    stranger(418, "{\"error_code\":4181,\"message\":\"tea\"}");

    var answer = send("DELETE", "connectors/src", "");

    assertThat(answer.statusCode()).isEqualTo(418);
    assertThat(answer.body()).isEqualTo("{\"error_code\":4181,\"message\":\"tea\"}");
  }

  @Test
  void passesOnWhenToAskAgain() throws Exception {
    stranger(503, "{\"error_code\":503,\"message\":\"busy\"}", "7");

    var answer = send("DELETE", "connectors/src", "");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().allValues("Retry-After")).containsExactly("7");
  }

  @Test
  void saysThatItsKeysCannotBeUsed() throws Exception {
    var noKeys = Files.writeString(folder.resolve("keys"), "no keys").toString();
    var settings =
        Map.of(
            "listeners", "http://127.0.0.1:0", "listeners.https.ssl.truststore.location", noKeys);
    following.leader(new Leader.At(URI.create("https://127.0.0.1:1/")));
    try (var other = RestServer.factory().open(settings, following)) {
      var answer = send(other.uri(), "DELETE", "connectors/src", "");

      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body())
          .startsWith("{\"error_code\":500,\"message\":")
          .contains("cannot be used for requests to other workers");
    }
  }

  @Test
  void answersWhatIsThrownOnceThereIsALeader() throws Exception {
    mustAnswer(
        () -> {
          throw new IllegalArgumentException("a bug");
        });
    mustAnswer(
        () -> {
          throw new IllegalStateException("a bug");
        });
    mustAnswer(
        () -> {
          throw new AssertionError("a bug");
        });
  }

  private void mustAnswer(Runnable bug) throws Exception {
    following.leader(new Leader.Unknown());
    following.nextLeader(new Leader.Here());
    following.intercept(
        command -> {
          bug.run();
          return Optional.empty();
        });
    var answer = send("PUT", "connectors/n/config", "{\"connector.class\":\"Sink\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(500);
    assertThat(answer.body()).startsWith("{\"error_code\":500,\"message\":").contains("a bug");
  }

  @Test
  void saysThatTheLeaderCannotBeReached() throws Exception {
    following.leader(new Leader.At(URI.create("http://127.0.0.1:1/")));

    var answer = send("DELETE", "connectors/src", "");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("IO Error trying to forward REST request");
  }

  /** As one that is suspended: its machine takes the request, and nobody answers. */
  @Test
  void doesNotWaitForALeaderThatLeadsNoMore() throws Exception {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      var suspended = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/");
      following.leader(new Leader.At(suspended));
      var request = HttpRequest.newBuilder(follower.uri().resolve("connectors/src")).DELETE();
      var answer = client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
      try (var unanswered = silent.accept()) { // it has come there
        following.leader(new Leader.At(leader.uri()));

        var late = answer.get(3, TimeUnit.MINUTES);
        assertThat(late.statusCode()).isEqualTo(500);
        assertThat(late.body())
            .contains("The leader at " + suspended + " has not answered, and leads no more")
            .contains("Whether the request was carried out is not known");
        assertThat(unanswered.isClosed()).isFalse();
      }
    }
    assertThat(send("DELETE", "connectors/src", "").statusCode()).isEqualTo(204);
  }

  @Test
  void awaitsTheLeadersAnswerAlsoWhileItIsClosed() throws Exception {
    try (var slow = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      following.leader(new Leader.At(URI.create("http://127.0.0.1:" + slow.getLocalPort() + "/")));
      var request = HttpRequest.newBuilder(follower.uri().resolve("connectors/src")).DELETE();
      var answer = client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
      try (var asked = slow.accept()) {
        var closing = CompletableFuture.runAsync(follower::close);
        RestServerTest.awaitRefusal(follower);
        asked.getOutputStream().write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(US_ASCII));

        assertThat(answer.get(2, TimeUnit.MINUTES).statusCode()).isEqualTo(204);
        closing.get(2, TimeUnit.MINUTES);
      }
    }
  }

  // ---- signed requests -------------------------------------------------------------------------

  private static final String[] SIGNED = {
    "X-Connect-Authorization", "Eroe1tB3QaSe5EJ0n/U/3E2UQZRh4D5G73yb9AU1xkM=",
    "X-Connect-Request-Signature-Algorithm", "HmacSHA256"
  };
  private static final String[] SIGNED_EMPTY = {
    "X-Connect-Authorization", "04tCCW2A9F+Ca0Sp1WB95ySWpBXT9KGoyI47udqNwcs=",
    "X-Connect-Request-Signature-Algorithm", "HmacSHA256"
  };

  private void groupHasKey() {
    var bytes =
        HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    var key = Optional.<javax.crypto.SecretKey>of(new SecretKeySpec(bytes, "HmacSHA256"));
    leading.sessionKey(key);
    following.sessionKey(key);
  }

  @Test
  void takesSignedTasksAndPassesThemOnSigned() throws Exception {
    groupHasKey();

    var answer = send("POST", "connectors/src/tasks", "[{\"a\":\"b\"}]", SIGNED);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    assertThat(leading.state().connectors().get("src").tasks()).containsExactly(Map.of("a", "b"));
  }

  @Test
  void signsWhatItSendsOnByItsOwnAlgorithm() throws Exception {
    groupHasKey();
    var strong =
        Map.of("listeners", "http://127.0.0.1:0", "inter.worker.signature.algorithm", "HmacSHA512");
    var picky = new HashMap<>(strong);
    picky.put("inter.worker.verification.algorithms", "HmacSHA512");
    var lenient = new HashMap<>(strong);
    lenient.put("inter.worker.verification.algorithms", "HmacSHA256,HmacSHA512");
    try (var first = RestServer.factory().open(lenient, following);
        var last = RestServer.factory().open(picky, leading)) {
      following.leader(new Leader.At(last.uri()));
      var answer = send(first.uri(), "POST", "connectors/src/tasks", "[{\"a\":\"b\"}]", SIGNED);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
      var direct = send(last.uri(), "POST", "connectors/src/tasks", "[{\"a\":\"b\"}]", SIGNED);
      assertThat(direct.statusCode()).isEqualTo(400);
      assertThat(direct.body()).contains("does not support the 'HmacSHA256' key signing algorithm");
    }
    assertThatThrownBy(() -> RestServer.factory().open(strong, following))
        .hasMessageContaining("inter.worker.signature.algorithm")
        .hasMessageContaining("inter.worker.verification.algorithms");
  }

  @Test
  void signsNothingThatWasNotSigned() throws Exception {
    groupHasKey();
    assertThat(send("PUT", "connectors/src/config", "{\"connector.class\":\"Sink\"}", SIGNED))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(200);
    assertThat(send("POST", "connectors/src/tasks", "[{\"a\":\"c\"}]").statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({"FREE,204", "OUTDATED,409", "TOO_LATE,500"})
  void fencesWhenAWorkerAsksForIt(FenceGate.Passage passage, int status) throws Exception {
    groupHasKey();
    leading.fencing(passage);
    assertThat(send("PUT", "connectors/src/fence", "", SIGNED_EMPTY).statusCode())
        .isEqualTo(status);
  }

  @Test
  void refusesWhatIsSignedWrong() throws Exception {
    groupHasKey();

    var other = send("POST", "connectors/src/tasks", "[{\"a\":\"c\"}]", SIGNED);
    assertThat(other.statusCode()).isEqualTo(403);
    assertThat(other.body()).contains("Internal request contained invalid signature.");

    following.sessionKey(Optional.empty());
    var early = send("POST", "connectors/src/tasks", "[{\"a\":\"b\"}]", SIGNED);
    assertThat(early.statusCode()).isEqualTo(503);
    assertThat(early.body()).contains("has not been able to read a session key");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST | connectors/nope/tasks | 404 | Connector nope not found
          POST | connectors/off/tasks  | 400 | Cannot submit non-empty set of task configs for stopped
          PUT  | connectors/nope/fence | 404 | Connector nope not found
          PUT  | connectors/snk/fence  | 400 | Connector snk is not a source connector
          """)
  void saysWhatCannotBe(String method, String path, int status, String message) throws Exception {
    groupHasKey();
    boolean tasks = method.equals("POST");

    var answer = send(method, path, tasks ? "[{\"a\":\"b\"}]" : "", tasks ? SIGNED : SIGNED_EMPTY);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains(message);
  }
}
