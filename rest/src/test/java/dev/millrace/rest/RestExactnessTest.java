package dev.millrace.rest;

import static dev.millrace.rest.Case.answer;
import static dev.millrace.rest.Case.error;
import static dev.millrace.rest.Case.unmatched;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.worker.RestListener;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Status, body and headers of single requests, each to a fresh worker with the fixture. */
class RestExactnessTest {

  private static final String SRC_INFO =
      "{\"name\":\"src\",\"config\":{\"connector.class\":\"Source\",\"name\":\"src\",\"topic\":\"t\"},"
          + "\"tasks\":[{\"connector\":\"src\",\"task\":0},{\"connector\":\"src\",\"task\":1}],"
          + "\"type\":\"source\"}";
  private static final String WAITING =
      ",\"waiting\":{\"for\":\"the source: away\",\"since\":\"1970-01-01T00:00:01Z\"}";
  private static final String AT = "\"worker_id\":\"127.0.0.1:8083\"";
  private static final String V = ",\"version\":\"1.0\"";

  private static HttpClient client;

  @BeforeAll
  static void open() {
    client = HttpClient.newHttpClient();
  }

  @AfterAll
  static void close() {
    client.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"root", "reads", "writes", "restarts", "negotiation", "malformed", "topologies"})
  void answersExactly(Case given) throws IOException, InterruptedException {
    try (RestListener server =
        RestServer.factory().open(Map.of("listeners", "http://127.0.0.1:0"), Fixture.worker())) {
      var response = client.send(given.request(server.uri()), HttpResponse.BodyHandlers.ofString());
      var body = response.body();
      assertThat(response.statusCode())
          .as("status of %s: %s", given, body)
          .isEqualTo(given.status());
      if (given.answer().startsWith("~")) assertThat(body).contains(given.answer().substring(1));
      else assertThat(body).isEqualTo(given.answer());
      given
          .expected()
          .forEach(
              (name, value) ->
                  assertThat(response.headers().firstValue(name).orElse(""))
                      .as(name)
                      .isEqualTo(value.replace("{server}", server.uri().toString())));
    }
  }

  static Stream<Case> root() {
    return Stream.of(
        answer(
                "GET /",
                200,
                "{\"version\":\"4.3.1\",\"commit\":\"26b251a451ce941d\",\"kafka_cluster_id\":\"cluster-1\"}")
            .expect("Content-Type", "application/json"),
        answer("HEAD /", 200, "").expect("Content-Length", "78"),
        answer(
            "GET /health",
            200,
            "{\"status\":\"healthy\",\"message\":\"Worker has completed startup and is ready to"
                + " handle requests.\"}"));
  }

  static Stream<Case> reads() {
    String srcStatus =
        "{\"name\":\"src\",\"connector\":{\"state\":\"RUNNING\","
            + AT
            + V
            + "},\"tasks\":[{\"id\":0,\"state\":\"RUNNING\","
            + AT
            + V
            + "},{\"id\":1,\"state\":\"FAILED\","
            + AT
            + V
            + ",\"trace\":\"boom\\n\\tat X\"}],\"type\":\"source\"}";
    String names =
        "[\"gone\",\"new\",\"off\",\"snk\",\"src\",\"user-visits.report\",\"user-visits.users\",\"user-visits.visits\"]";
    return Stream.of(
        answer("GET /connectors", 200, names),
        answer("GET /connectors/", 200, names),
        answer("GET /connectors?unknown=1", 200, names),
        answer("GET /connectors?expand", 200, "~{\"gone\":{},\"new\":{},\"off\":{}"),
        answer("GET /connectors?expand=bogus", 200, "~{\"gone\":{},\"new\":{},\"off\":{}"),
        answer("GET /connectors?expand=info", 200, "~\"src\":{\"info\":" + SRC_INFO + "}"),
        answer("GET /connectors?expand=info", 200, "~\"new\":{\"info\":{\"name\":\"new\""),
        answer("GET /connectors?expand=status", 200, "~\"src\":{\"status\":" + srcStatus + "}"),
        answer("GET /connectors?expand=status", 200, "~}},\"off\":{\"status\":"), // new is left out
        answer(
            "GET /connectors?expand=info&expand=status",
            200,
            "~\"src\":{\"status\":" + srcStatus + ",\"info\":" + SRC_INFO + "}"),
        answer("GET /connectors/src", 200, SRC_INFO).expect("Content-Type", "application/json"),
        answer("GET /connectors/src/", 200, SRC_INFO),
        answer("GET /connectors/src;v=1", 200, SRC_INFO),
        answer("HEAD /connectors/src", 200, ""),
        error("GET /connectors/nope", 404, "Connector nope not found"),
        error("GET /connectors/a%20b+c%C3%BC", 404, "Connector a b+cü not found"),
        answer(
            "GET /connectors/src/config",
            200,
            "{\"connector.class\":\"Source\",\"name\":\"src\",\"topic\":\"t\"}"),
        error("GET /connectors/nope/config", 404, "Connector nope not found"),
        answer("GET /connectors/src/status", 200, srcStatus),
        answer(
            "GET /connectors/off/status",
            200,
            "{\"name\":\"off\",\"connector\":{\"state\":\"STOPPED\","
                + AT
                + V
                + "},\"tasks\":[],\"type\":\"source\"}"),
        answer(
            "GET /connectors/gone/status",
            200,
            "{\"name\":\"gone\",\"connector\":{\"state\":\"FAILED\","
                + AT
                + ",\"version\":null,\"trace\":\"no class\"},\"tasks\":[],\"type\":\"unknown\"}"),
        error("GET /connectors/nope/status", 404, "No status found for connector nope"),
        error("GET /connectors/new/status", 404, "No status found for connector new"),
        answer(
            "GET /connectors/src/tasks",
            200,
            "[{\"id\":{\"connector\":\"src\",\"task\":0},\"config\":{\"task\":\"a\"}},"
                + "{\"id\":{\"connector\":\"src\",\"task\":1},\"config\":{\"task\":\"b\"}}]"),
        answer("GET /connectors/off/tasks", 200, "[]"),
        error("GET /connectors/nope/tasks", 404, "Connector nope not found"),
        answer(
            "GET /connectors/src/tasks/0/status",
            200,
            "{\"id\":0,\"state\":\"RUNNING\"," + AT + V + "}"),
        error("GET /connectors/src/tasks/7/status", 404, "No status found for task src-7"),
        error("GET /connectors/src/tasks/-1/status", 404, "No status found for task src--1"),
        error("GET /connectors/src/tasks/abc/status", 404, "HTTP 404 Not Found"),
        unmatched("GET /connectors/src/tasks-config", 404, "Not Found"));
  }

  static Stream<Case> writes() {
    String created =
        "{\"name\":\"x\",\"config\":{\"connector.class\":\"Source\",\"name\":\"x\"},\"tasks\":[],\"type\":\"source\"}";
    String post = "POST /connectors";
    return Stream.of(
        answer(post, "{\"name\":\"x\",\"config\":{\"connector.class\":\"Source\"}}", 201, created)
            .expect("Location", "{server}connectors/x")
            .expect("Content-Type", "application/json"),
        answer(
            "POST /connectors/",
            "{\"name\":\"  x \",\"config\":{\"connector.class\":\"Source\",\"name\":\"x\"}}",
            201,
            created),
        answer(
            post,
            "{\"name\":\"x\",\"config\":{\"connector.class\":\"Source\"},\"initial_state\":\"stopped\"}",
            201,
            created),
        answer(
            post,
            "{\"name\":\"x\",\"config\":{\"connector.class\":\"Source\"},\"initial_state\":null}",
            201,
            created),
        answer(
                post,
                "{\"name\":\"a b/ü{c}+\",\"config\":{\"connector.class\":\"Sink\"}}",
                201,
                "~\"type\":\"sink\"")
            .expect("Location", "{server}connectors/a%20b%2F%C3%BC%7Bc%7D+"),
        answer(
            post,
            "{\"name\":\"x\",\"config\":{\"connector.class\":\"Source\",\"a\":1,\"b\":true,\"c\":1.50}}",
            201,
            "~{\"a\":\"1\",\"b\":\"true\",\"c\":\"1.50\",\"connector.class\":\"Source\""),
        error(
            post,
            "{\"name\":\"x\",\"config\":{\"connector.class\":\"Source\"},\"initial_state\":\"BUSY\"}",
            500,
            "~InitialState.BUSY"),
        error(
            post,
            "{\"name\":\"src\",\"config\":{\"connector.class\":\"Source\"}}",
            409,
            "Connector src already exists"),
        error(
            post,
            "{\"name\":\"x\",\"config\":{\"connector.class\":\"Source\",\"name\":\"y\"}}",
            400,
            "Connector name configuration (y) doesn't match connector name in the URL (x)"),
        error(
            post,
            "{\"name\":\"x\",\"config\":{}}",
            400,
            "Connector config {name=x} contains no connector type"),
        error(
            post,
            "{\"name\":\"x\",\"config\":{\"connector.class\":\"No\"}}",
            400,
            "Failed to find any class that implements Connector and which name matches No,"
                + " available connectors are: Sink, Source"),
        error(
            post,
            "{\"name\":\"x\",\"config\":{\"connector.class\":\"Broken\"}}",
            500,
            "The plugin's config() failed"),
        answer(
            post,
            "{\"name\":\"x\",\"config\":{\"connector.class\":\"AssertionError\"}}",
            500,
            "{\"error_code\":500,\"message\":\"Internal error, see the worker's log:"
                + " java.lang.AssertionError: a bug\"}"),
        error(
            post,
            "{\"config\":{\"connector.class\":\"Source\",\"tasks.max\":\"no\"}}",
            400,
            invalid("bad name", "bad tasks.max")),
        error(
            post,
            "{\"name\":\"x\",\"config\":{\"connector.class\":\"Source\",\"k\":null}}",
            400,
            invalid("Null value can not be supplied as the configuration value.")),
        error(
            "PUT /connectors/src/config",
            "{\"connector.class\":\"Source\",\"k\":null,\"tasks.max\":0}",
            400,
            invalid("Null value can not be supplied as the configuration value.", "bad tasks.max")),
        answer("PUT /connectors/x/config", "{\"connector.class\":\"Source\"}", 201, created)
            .expect("Location", "{server}connectors/x"),
        answer(
                "PUT /connectors/src/config",
                "{\"connector.class\":\"Source\",\"topic\":\"t\"}",
                200,
                SRC_INFO)
            .expect("Location", ""),
        error(
            "PUT /connectors/x/config",
            "{\"connector.class\":\"Source\",\"name\":\"y\"}",
            400,
            "Connector name configuration (y) doesn't match connector name in the URL (x)"),
        error(
            "PUT /connectors/x/config",
            "{\"connector.class\":\"Source\",\"tasks.max\":0}",
            400,
            invalid("bad tasks.max")),
        answer("DELETE /connectors/src", 204, "").expect("Content-Type", ""),
        error("DELETE /connectors/nope", 404, "Connector nope not found"),
        answer("PUT /connectors/src/pause", 202, "").expect("Content-Type", ""),
        answer("PUT /connectors/snk/pause", 202, ""),
        error("PUT /connectors/nope/pause", 404, "Unknown connector nope"),
        answer("PUT /connectors/snk/resume", 202, ""),
        error("PUT /connectors/nope/resume", 404, "Unknown connector nope"),
        answer("PUT /connectors/src/stop", 204, ""),
        answer("PUT /connectors/off/stop", 204, ""),
        error("PUT /connectors/nope/stop", 404, "Unknown connector nope"));
  }

  private static String invalid(String... errors) {
    return "Connector configuration is invalid and contains the following "
        + errors.length
        + " error(s):\n"
        + String.join("\n", errors)
        + "\nYou can also find the above list of errors at the endpoint"
        + " `/connector-plugins/{connectorType}/config/validate`";
  }

  static Stream<Case> restarts() {
    String restart = "POST /connectors/src/restart";
    String both = restart + "?includeTasks=true&onlyFailed=true";
    return Stream.of(
        answer(restart, 204, ""),
        answer(restart + "?includeTasks=yes&onlyFailed=1", 204, ""),
        answer(restart + "?includeTasks=false&includeTasks=true", 204, ""),
        answer(restart + "?includeTasks=TRUE", 202, restarting(true, true, true)),
        answer(both, 202, restarting(false, false, true)),
        answer(restart + "?onlyFailed=true", 202, restarting(false, false, false)),
        error("POST /connectors/nope/restart", 404, "Unknown connector: nope"),
        error("POST /connectors/nope/restart?onlyFailed=true", 404, "Unknown connector: nope"),
        error(
            "POST /connectors/new/restart?onlyFailed=true",
            404,
            "Status for connector new not found"),
        answer("POST /connectors/src/tasks/0/restart", 204, ""),
        error("POST /connectors/src/tasks/9/restart", 404, "Unknown task: src-9"),
        error("POST /connectors/src/tasks/-1/restart", 404, "Unknown task: src--1"),
        error("POST /connectors/src/tasks/x/restart", 404, "HTTP 404 Not Found"),
        error("POST /connectors/nope/tasks/0/restart", 404, "Unknown connector: nope"));
  }

  private static String restarting(boolean instance, boolean first, boolean failed) {
    return "{\"name\":\"src\",\"connector\":{\"state\":\"%s\",%s},\"tasks\":[{\"id\":0,\"state\":\"%s\",%s},{\"id\":1,\"state\":\"%s\",%s,\"trace\":\"boom\\n\\tat X\"}],\"type\":\"source\"}"
        .formatted(
            instance ? "RESTARTING" : "RUNNING",
            AT + V,
            first ? "RESTARTING" : "RUNNING",
            AT + V,
            failed ? "RESTARTING" : "FAILED",
            AT + V);
  }

  static Stream<Case> negotiation() {
    return Stream.of(
        unmatched("GET /nope", 404, "Not Found"),
        unmatched("GET /connectors/src/nope", 404, "Not Found"),
        unmatched("GET /application.wadl", 404, "Not Found"),
        unmatched("OPTIONS /nope", 404, "Not Found"),
        unmatched("DELETE /connectors", 405, "Method Not Allowed")
            .expect("Allow", "HEAD,POST,GET,OPTIONS"),
        unmatched("POST /connectors/src/pause", 405, "Method Not Allowed"),
        answer("HEAD /connectors/src/pause", 405, ""),
        error("POST /connectors", 415, "HTTP 415 Unsupported Media Type").body("{}"),
        unmatched("POST /connectors", 415, "Unsupported Media Type")
            .body("{}")
            .send("Content-Type", "text/plain"),
        unmatched("PUT /connectors/src/pause", 415, "Unsupported Media Type")
            .body("x")
            .send("Content-Type", "text/plain"),
        answer("PUT /connectors/src/pause", "{}", 202, ""),
        answer("GET /connectors/off/tasks", 200, "[]").send("Accept", "application/json"),
        answer("GET /connectors/off/tasks", 200, "[]")
            .send("Accept", "text/html, *; q=.2, */*; q=.2"),
        answer("GET /connectors/off/tasks", 200, "[]").send("Accept", "application/*;q=0.5"),
        unmatched("GET /connectors/off/tasks", 406, "Not Acceptable").send("Accept", "text/html"),
        answer("GET /connectors/off/tasks", 200, "[]").send("Accept", "application/json;q=0"),
        answer("OPTIONS /connectors", 200, "HEAD, POST, GET, OPTIONS")
            .expect("Allow", "HEAD,POST,GET,OPTIONS")
            .expect("Content-Type", "text/plain"),
        answer("OPTIONS /connectors/src/pause", 200, "")
            .send("Accept", "application/json")
            .expect("Allow", "PUT,OPTIONS"),
        answer("GET /connectors/a%2Fb", 400, "~Ambiguous URI path separator"),
        answer("PUT /connectors/a%2Fb/pause", 400, ""),
        answer("GET /connectors//status", 400, "~Ambiguous URI empty segment"),
        answer("GET /connectors/a%25b", 400, "~Ambiguous"));
  }

  static Stream<Case> malformed() {
    String post = "POST /connectors";
    String put = "PUT /connectors/x/config";
    return Stream.of(
        answer(post, "{\"name\":", 500, "~\"error_code\":500,\"message\":\"Unexpected end-of-input")
            .expect("Content-Type", "application/json"),
        answer(post, "nonsense", 500, "~line: 1, column: 1]"),
        answer(post, "[]", 500, "~Cannot deserialize value of type"),
        answer(
            post, "{\"name\":\"x\",\"config\":{},\"initial_offsets\":[]}", 500, "~initial_offsets"),
        answer(
            post,
            "{\"name\":\"x\",\"config\":{\"a\":{}}}",
            500,
            "~Cannot deserialize value of type"),
        answer(
            post,
            "{\"name\":\"x\",\"config\":{\"a\":[1]}}",
            500,
            "~Cannot deserialize value of type"),
        error(post, "{\"name\":\"x\"}", 500, "The request body has no field \"config\"; add it"),
        error(post, 500, "POST /connectors needs a JSON object as its body, but got none"),
        error(post, "null", 500, "POST /connectors needs a JSON object as its body, but got none"),
        error(put, 500, "PUT /connectors/x/config needs a JSON object as its body, but got none"),
        answer(put, "[\"a\"]", 500, "~Cannot deserialize value of type"),
        answer(post, " ".repeat(HttpBridge.MAX_BODY_BYTES), 500, "~needs a JSON object"),
        answer(post, " ".repeat(HttpBridge.MAX_BODY_BYTES + 1), 413, "~larger than 1048576 bytes"));
  }

  static Stream<Case> topologies() {
    String table = "GET /v1/topologies/user-visits/tables/";
    return Stream.of(
        answer(
            "GET /v1/topologies",
            200,
            "[{\"name\":\"user-visits\",\"connectors\":[\"user-visits.report\",\"user-visits.users\",\"user-visits.visits\"]}]"),
        answer(
            "GET /v1/topologies/user-visits",
            200,
            "{\"name\":\"user-visits\",\"stages\":["
                + "{\"connector\":\"user-visits.users\",\"stage\":\"users\",\"kind\":\"source\",\"topic\":\"user_data\",\"state\":\"RUNNING\","
                + AT
                + V
                + ",\"tasks\":[{\"id\":0,\"state\":\"RUNNING\","
                + AT
                + V
                + WAITING
                + "}]},{\"connector\":\"user-visits.visits\",\"stage\":\"visits\",\"kind\":\"processor\",\"topics\":[\"user_data\"],\"topic\":\"user_visits\",\"state\":\"RUNNING\","
                + AT
                + V
                + ",\"tasks\":[]},{\"connector\":\"user-visits.report\",\"stage\":\"report\",\"kind\":\"sink\",\"topics\":[\"other\",\"user_visits\"],\"state\":\"RUNNING\","
                + AT
                + V
                + ",\"tasks\":[]}]}"),
        answer(
            "GET /v1/connectors/user-visits.users",
            200,
            "{\"connector\":\"user-visits.users\",\"stage\":\"users\",\"kind\":\"source\",\"topic\":\"user_data\",\"state\":\"RUNNING\","
                + AT
                + V
                + ",\"tasks\":[{\"id\":0,\"state\":\"RUNNING\","
                + AT
                + V
                + WAITING
                + "}]}"),
        answer(
            "GET /connectors/user-visits.users/tasks/0/status",
            200,
            "{\"id\":0,\"state\":\"RUNNING\"," + AT + V + "}"),
        error("GET /v1/connectors/nope", 404, "Connector nope not found"),
        error("GET /v1/topologies/nope", 404, "Topology nope not found"),
        answer(
            table + "visits?key=42", 200, "{\"key\":\"42\",\"row\":{\"user_id\":42,\"visits\":3}}"),
        answer(table + "visits?key=42&key=43", 200, "~\"key\":\"42\""),
        answer(
            table + "visits?key=a%20b%26c", 200, "{\"key\":\"a b&c\",\"row\":{\"visits\":1.50}}"),
        answer(table + "visits?key=", 200, "{\"key\":\"\",\"row\":{\"visits\":0}}"),
        error(
            table + "visits?key=43",
            404,
            "Table visits of topology user-visits has no row with key 43"),
        error(
            table + "visits",
            400,
            "Which row of table visits? Name it with the query parameter key"),
        error(table + "visits?key=%7B1", 400, "not a key"),
        error(table + "visits?key=busy", 503, "being restored").expect("Retry-After", "1"),
        error(table + "users?key=1", 404, "user-visits.users keeps no table"),
        error(
            table + "nope?key=1",
            404,
            "Stage nope not found in topology user-visits, which has report, users, visits"),
        error("GET /v1/topologies/nope/tables/visits?key=1", 404, "Topology nope not found"));
  }
}
