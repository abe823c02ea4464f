package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandsTest {
  @TempDir private Path home;

  @Test
  void withoutACommandTheUsageIsShown() {
    Cli result = run();
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).contains("demo", "run", "lint", "compile", "query", "tail", "status");
  }

  @Test
  void aMisspeltCommandIsNamedAndGuessed() {
    Cli result = run("dmo");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("dmo");
  }

  @Test
  void tellsItsVersion() {
    assertThat(run("version").out()).startsWith("millrace 0.").contains("Kafka 4.", "Java ");
    assertThat(run("--version").out()).isEqualTo(run("version").out());
  }

  @Test
  void lintPrintsEveryProblemWithItsPlace() throws IOException {
    Path file = home.resolve("a.yaml");
    Files.writeString(
        file,
        """
        topology: a
        sources:
          users:
            connector: example.Missing
            url: ${env:NOT_SET}
            topic: users
        procesors: {}
        """);
    Cli result = run("lint", file.toString());
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out())
        .contains(
            file
                + ":5:10: the environment variable \"NOT_SET\", which \"url\" takes its value from,"
                + " is not set (export NOT_SET=…)",
            file + ":7:1: ",
            "did you mean \"processors\"?");
    assertThat(result.out()).contains("example.Missing");
    assertThat(result.err()).isEqualTo("3 problems.\n");
  }

  @Test
  void runStartsNothingWhenTheFileIsWrong() throws IOException {
    Path file = Files.writeString(home.resolve("a.yaml"), "topology: a\nsources: 1\n");
    Cli result = run("run", file.toString());
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains(file + ":2:");
    assertThat(home.resolve(".millrace")).doesNotExist();
  }

  @Test
  void aMissingFileIsNamed() {
    Cli result = run("lint", "missing.yaml");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).isEqualTo("error: There is no file missing.yaml.\n");
  }

  @Test
  void queryFindsAddressAndTopologyByItself() throws IOException {
    HttpServer server = server();
    try {
      Addresses.write(home.resolve(".millrace/demo"), url(server), "127.0.0.1:1");
      Cli row = run("query", "visits", "4 2");
      assertThat(row.err()).isEmpty();
      assertThat(row.out()).isEqualTo("{\"user_id\":42,\"visits\":7}\n");
      assertThat(row.code()).isZero();
      Cli none = run("query", "visits", "43", "--url", url(server) + "/");
      assertThat(none.code()).isEqualTo(1);
      assertThat(none.err()).isEqualTo("no row for key 43 in visits\n");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void clusterShowsTheWorkersAndWhoIsExpectedBack() throws IOException {
    HttpServer server = server();
    try {
      Cli shown = run("cluster", "--url", url(server));
      assertThat(shown.code()).isZero();
      assertThat(shown.out())
          .containsPattern("w1:8083 +7 leases  leads\n")
          .containsPattern("w2:8083 +3 leases  is away, expected back, .* for up to 90 s\n");
      Cli expect = run("cluster", "expect", "w1:8083", "--within", "60", "--url", url(server));
      assertThat(expect.err()).isEmpty();
      assertThat(expect.out())
          .isEqualTo("The work of w1:8083 is held for up to 60 s. Restart it now.\n");
      Cli unknown = run("cluster", "expect", "w9:8083", "--cancel", "--url", url(server));
      assertThat(unknown.code()).isEqualTo(1);
      assertThat(unknown.err()).contains("HTTP 404");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void statusShowsStagesAndFailsWhenOneHas() throws IOException {
    HttpServer server = server();
    try {
      Cli result = run("status", "--url", url(server));
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.out())
          .contains("user-visits\n", "processor  visits               running, tasks: failed");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whoDoesNotAnswerIsNamed() {
    Cli result = run("status", "--url", "http://127.0.0.1:1");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith("error: No Millrace answers at http://127.0.0.1:1");
  }

  @Test
  void tailWithoutKafkaSaysWhatToDo() {
    Cli result = run("tail", "topic");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("No Millrace runs in", "--bootstrap-servers");
  }

  @Test
  void aDataDirectoryThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(home.resolve("file"), "");
    Cli refused = run("run", "--bootstrap-servers", "127.0.0.1:1", "--data-dir", file.toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .startsWith("error: The data directory " + file + " cannot be written: ")
        .doesNotContain("\tat ");
  }

  @Test
  void aFileNameThatCannotBeIsSaid() {
    Cli refused = run("worker", "a\0b");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).startsWith("error: No file can be called so: ");
  }

  @Test
  void demoRefusesWrongNumbers() {
    assertThat(run("demo", "--rows", "0").err()).contains("--rows is 0");
    assertThat(run("demo", "--rate", "-1").err()).contains("--rate is -1.0");
    assertThat(run("demo", "--users", "0").err()).contains("--users is 0");
    assertThat(run("demo", "--rows", "many").code()).isEqualTo(2);
  }

  private Cli run(String... arguments) {
    return Cli.run(home, Map.of(), arguments);
  }

  private static String url(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static HttpServer server() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/topologies", exchange -> answer(exchange, 200, "[{\"name\":\"user-visits\"}]"));
    server.createContext(
        "/v1/topologies/user-visits",
        exchange ->
            answer(
                exchange,
                200,
                "{\"stages\":[{\"stage\":\"visits\",\"kind\":\"processor\",\"state\":\"RUNNING\","
                    + "\"tasks\":[{\"state\":\"FAILED\"}]}]}"));
    server.createContext("/v1/topologies/user-visits/tables/visits", CommandsTest::table);
    server.createContext(
        "/v1/cluster",
        exchange ->
            answer(
                exchange,
                200,
                "{\"ready\":true,\"leader\":\"w1:8083#a\",\"members\":["
                    + "{\"member\":\"w1:8083#a\",\"present\":true,\"leases\":7},"
                    + "{\"member\":\"w2:8083#b\",\"present\":false,\"leases\":3,"
                    + "\"expected_back\":{\"hold_ms\":90000}}]}"));
    server.createContext("/v1/cluster/members/w1:8083/restart", CommandsTest::expect);
    server.createContext(
        "/v1/cluster/members/w9:8083/restart", exchange -> answer(exchange, 404, "{}"));
    server.start();
    return server;
  }

  private static void expect(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean right = exchange.getRequestMethod().equals("PUT") && body.equals("{\"hold_ms\":60000}");
    answer(exchange, right ? 200 : 400, "{}");
  }

  private static void table(HttpExchange exchange) throws IOException {
    if (exchange.getRequestURI().getRawQuery().equals("key=4%202")) {
      answer(exchange, 200, "{\"key\":\"4 2\",\"row\":{\"user_id\":42,\"visits\":7}}");
    } else {
      answer(
          exchange,
          404,
          "{\"error_code\":404,\"message\":\"Table visits of topology user-visits has no row with"
              + " key 43\"}");
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
