package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Logger;
import org.junit.jupiter.api.Test;

/**
 * Random requests to all routes: each is answered with a status that the specification knows, none
 * by a bug, and the worker goes on. {@code -Dfuzz.requests=n} sends more, {@code -Dfuzz.seed=n}
 * repeats a run.
 */
class FuzzTest {

  private static final int REQUESTS = Integer.getInteger("fuzz.requests", 20_000);
  private static final Set<Integer> STATUSES =
      Set.of(200, 201, 202, 204, 400, 403, 404, 405, 406, 409, 415, 500, 503);
  private static final List<String> METHODS =
      List.of("GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "X");
  private static final List<String> NAMES =
      List.of(
          "src",
          "snk",
          "off",
          "new",
          "gone",
          "nope",
          "0",
          "1",
          "-1",
          "99999999999",
          "root",
          "a%20b",
          "%C3%A9",
          "%00",
          "%25",
          "user-visits",
          "visits",
          "Sink",
          "Broken",
          "",
          ";",
          ".",
          "{a}");
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1.5",
          "1e400",
          "12345678901234567890",
          "\"\"",
          "\"x\"",
          "[]",
          "{}",
          "\"STOPPED\"",
          "\"Source\"",
          "\"a\\nb\"",
          "\"\\ud800\"",
          "[null]",
          "{\"a\":null}");
  private static final List<String> FIELDS =
      List.of(
          "name",
          "config",
          "initial_state",
          "connector.class",
          "tasks.max",
          "offsets",
          "partition",
          "offset",
          "level",
          "kafka_topic",
          "",
          "x");
  private static final List<String> PARAMETERS =
      List.of(
          "expand=info",
          "expand=status",
          "includeTasks=true",
          "onlyFailed=true",
          "limit=x",
          "limit=-1",
          "scope=cluster",
          "version=%5B",
          "connectorsOnly=false",
          "key=42",
          "key={");

  private final InMemoryWorker worker = Fixture.worker();
  private final RestSettings settings = RestSettings.of(Map.of());
  private final List<Route> routes = Routes.of(worker, settings, Peers.client());
  private final Router router = new Router(routes, worker, Peers.onward(worker));

  @Test
  void everyRequestIsAnsweredByRule() {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    var random = new Random(seed);
    var failures = new LoggedFailures();
    var logger = (Logger) LogManager.getLogger(Router.class);
    logger.addAppender(failures);
    try {
      for (int i = 0; i < REQUESTS; i++) check(seed, request(random));
    } finally {
      logger.removeAppender(failures);
    }
    assertThat(failures.lines).as("seed %d", seed).isEmpty();
    assertThat(router.answer(get("/health")).status()).isEqualTo(200);
  }

  private void check(long seed, Request request) {
    var answer = router.answer(request);
    assertThat(answer.status()).as("seed %d, %s: %s", seed, request, answer).isIn(STATUSES);
    if (answer.status() == 500) {
      assertThat(answer.body())
          .as("seed %d, %s", seed, request)
          .contains("\"error_code\":500")
          .doesNotContain("Internal error");
    }
  }

  private static Request get(String path) {
    return new Request("GET", path, Map.of(), Map.of(), Map.of(), "http://x", "");
  }

  private Request request(Random random) {
    var route = pick(random, routes);
    var headers = new HashMap<String, String>();
    if (random.nextInt(20) > 0) headers.put("content-type", "application/json");
    if (random.nextInt(10) == 0) headers.put("accept", "text/html");
    if (random.nextInt(3) == 0) headers.put("x-connect-authorization", "AAAA");
    if (random.nextInt(3) == 0) {
      headers.put("x-connect-request-signature-algorithm", "HmacSHA256");
    }
    boolean own = random.nextInt(3) > 0;
    return new Request(
        own ? route.method() : pick(random, METHODS),
        path(random, route),
        Map.of(),
        HttpBridge.query(query(random)),
        headers,
        "http://localhost:8083",
        random.nextInt(3) == 0 ? "" : body(random));
  }

  private static String path(Random random, Route route) {
    var parts = new ArrayList<String>();
    for (String segment : route.path().segments()) {
      boolean odd = segment.startsWith("{") || random.nextInt(30) == 0;
      parts.add(odd ? pick(random, NAMES) : segment);
    }
    return "/" + String.join("/", parts) + (random.nextInt(5) == 0 ? "/" : "");
  }

  private static String query(Random random) {
    return random.nextBoolean() ? "" : pick(random, PARAMETERS) + "&" + pick(random, PARAMETERS);
  }

  private static String body(Random random) {
    var json = json(random, 3);
    return switch (random.nextInt(8)) {
      case 0 -> json.substring(0, random.nextInt(json.length() + 1));
      case 1 -> json + json;
      default -> json;
    };
  }

  private static String json(Random random, int depth) {
    if (depth == 0 || random.nextInt(6) == 0) return pick(random, VALUES);
    if (random.nextInt(4) == 0) return "[" + json(random, depth - 1) + "]";
    var fields = new ArrayList<String>();
    for (int i = random.nextInt(4); i > 0; i--) {
      fields.add("\"" + pick(random, FIELDS) + "\":" + json(random, depth - 1));
    }
    return "{" + String.join(",", fields) + "}";
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
