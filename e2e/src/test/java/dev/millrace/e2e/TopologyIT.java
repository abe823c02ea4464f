package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.servers.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole flows and the commands beside them, as a user calls them. */
class TopologyIT {

  private static final String WITH_SINK =
      """
      topology: user-visits
      sources:
        users:
          connector: jdbc
          url: ${env:USERDB_URL}
          username: ${env:USERDB_USER}
          password: ${env:USERDB_PASSWORD}
          table: users
          mode: incrementing
          incrementing.column.name: id
          topic: user_data
      processors:
        visits:
          sql: SELECT user_id, COUNT(*) AS visits FROM users GROUP BY user_id
          topic: user_visits
      sinks:
        report:
          connector: jdbc
          from: visits
          url: ${env:REPORTS_URL}
          username: ${env:REPORTS_USER}
          password: ${env:REPORTS_PASSWORD}
          insert.mode: upsert
      """;

  /** Another file, which reads a topic of the first. */
  private static final String BESIDE =
      """
      topology: page-views
      topics: [user_data]
      processors:
        pages:
          sql: SELECT page, COUNT(*) AS views FROM user_data GROUP BY page
      """;

  @TempDir Path folder;
  private UsersDatabase database;

  @BeforeEach
  void startDatabase() throws Exception {
    database = new UsersDatabase(folder.resolve("mariadb"));
  }

  @AfterEach
  void stopDatabase() {
    database.close();
  }

  @Test
  void visitsAreLoadedIntoATableOfPostgres() throws Exception {
    database.insertMany(5_000);
    try (var postgres = PostgresServer.builder().dataDir(folder.resolve("postgres")).start()) {
      var environment = new HashMap<>(database.environment());
      environment.put("REPORTS_URL", postgres.jdbcUrl("postgres"));
      environment.put("REPORTS_USER", postgres.user());
      environment.put("REPORTS_PASSWORD", postgres.password());
      var file = Files.writeString(folder.resolve("topology.yaml"), WITH_SINK);
      var beside = Files.writeString(folder.resolve("beside.yaml"), BESIDE).toString();
      try (var millrace = MillraceProcess.run(folder.resolve("data"), file, environment, beside)) {
        millrace.awaitReady();
        awaitTable(postgres, millrace);
        database.insertMany(1_000);
        awaitTable(postgres, millrace);
        assertQueryAndTail();
        Await.until(
            "the other topology has counted as well",
            Await.LONG,
            () -> viewsByQuery(millrace) == database.views("/page/3"),
            millrace::tail);
      }
    }
  }

  private static long viewsByQuery(MillraceProcess millrace) throws Exception {
    var row = millrace.get("/v1/topologies/page-views/tables/pages?key=/page/3").path("row");
    return row.path("views").asLong();
  }

  private void awaitTable(PostgresServer postgres, MillraceProcess millrace) throws Exception {
    var wanted = database.visits();
    Await.until(
        "the table holds every count",
        Await.LONG,
        () -> visits(postgres).equals(wanted),
        millrace::tail);
  }

  private static Map<Integer, Long> visits(PostgresServer postgres) throws SQLException {
    try (var connection =
            DriverManager.getConnection(
                postgres.jdbcUrl("postgres"), postgres.user(), postgres.password());
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT user_id, visits FROM user_visits")) {
      var visits = new TreeMap<Integer, Long>();
      while (rows.next()) visits.put(rows.getInt(1), rows.getLong(2));
      return visits;
    }
  }

  /** The two commands that look into a running Millrace. */
  private void assertQueryAndTail() throws Exception {
    var data = folder.resolve("data").toString();
    long visits = database.visits().get(42);
    var query = command("query", "visits", "42", "--topology", "user-visits", "--data-dir", data);
    assertThat(query).contains("\"visits\":" + visits).contains("\"user_id\":42");
    var tail = command("tail", "user_data", "--from-beginning", "--max", "3", "--data-dir", data);
    assertThat(tail).contains("user_id").contains("/page/");
  }

  @Test
  void aConfigurationOfAnotherJdbcConnectorRunsAsItIs() throws Exception {
    database.insertMany(500);
    var config = new HashMap<String, String>();
    config.put("connector.class", "io.confluent.connect.jdbc.JdbcSourceConnector");
    config.put("type", "source");
    config.put("table", "users");
    config.put("url", database.server().mysqlUrl("userdb"));
    config.put("username", database.server().user());
    config.put("password", database.server().password());
    config.put("query", "SELECT * FROM users");
    config.put("transforms", "none");
    try (var millrace = MillraceProcess.runEmpty(folder.resolve("data")).awaitReady()) {
      var answer = millrace.post("/connectors", Map.of("name", "legacy", "config", config));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
      var bootstrap = Files.readString(folder.resolve("data/kafka.bootstrap")).strip();
      Await.until(
          "every row is in the topic",
          Await.LONG,
          () -> TopicAudit.of(bootstrap, "users").missing(database.ids()).isEmpty(),
          millrace::tail);
      Await.until(
          "it runs",
          Await.LONG,
          () -> millrace.state("legacy", true).equals("RUNNING"),
          millrace::tail);
    }
  }

  @Test
  void wrongFilesAreRefusedWithEveryProblemAndItsPlace() throws Exception {
    var file =
        Files.writeString(
            folder.resolve("wrong.yaml"),
            WITH_SINK
                .replace("incrementing.column.name", "incrementing.colum.name")
                .replace("COUNT(*) AS visits FROM users", "COUNT(*) AS visits FROM usres")
                .replace("insert.mode: upsert", "insert.mode: upsrt")
                .replace("topic: user_visits", "topic: user_visits\n    paralelism: 2"));
    var output =
        run(
            1,
            Map.of(),
            List.of("lint", file.toString(), "--data-dir", folder.resolve("lint").toString()));
    assertThat(output)
        .contains("wrong.yaml:10:")
        .contains("incrementing.column.name")
        .contains("\"usres\"")
        .contains("did you mean \"users\"")
        .contains("parallelism")
        .contains("upsrt")
        .contains("USERDB_URL");
  }

  private String command(String... arguments) {
    return run(0, Map.of(), List.of(arguments));
  }

  private String run(int exitCode, Map<String, String> environment, List<String> arguments) {
    var own = folder.resolve("command-" + arguments.get(0));
    try (var process = MillraceProcess.start(own, environment, arguments)) {
      assertThat(process.awaitExit()).as(process.output()).isEqualTo(exitCode);
      return process.output();
    }
  }
}
