package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.servers.MariaDbServer;
import dev.millrace.servers.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debezium from MariaDB into PostgreSQL, unmodified: docs/connectors/debezium.md. */
@Tag("third-party")
class ThirdPartyDebeziumMariaDbIT {
  private static final int ROWS = 20_000;

  @TempDir Path folder;
  private MariaDbServer shop;
  private PostgresServer warehouse;

  @BeforeEach
  void startServers() throws Exception {
    shop =
        MariaDbServer.builder()
            .dataDir(folder.resolve("mariadb"))
            .arguments(
                "--log-bin=mysql-bin",
                "--binlog-format=ROW",
                "--binlog-row-image=FULL",
                "--server-id=223344")
            .start();
    warehouse = PostgresServer.builder().dataDir(folder.resolve("postgres")).start();
    try (Connection connection = connect(shop, "mysql")) {
      execute(connection, "CREATE DATABASE shop");
    }
    change(
        "CREATE TABLE orders (id INT PRIMARY KEY, customer VARCHAR(50), amount DECIMAL(10,2))",
        "INSERT INTO orders SELECT seq, CONCAT('customer ', seq MOD 97), seq / 4 FROM seq_1_to_"
            + ROWS);
  }

  @AfterEach
  void stopServers() {
    shop.close();
    warehouse.close();
  }

  @Test
  void aCopyFollowsInsertsUpdatesDeletesAndNewColumnsOverAKill() throws Exception {
    String plugins =
        ThirdParty.installed(
            Path.of("debezium-mariadb"),
            "--classifier",
            "plugin",
            "io.debezium:debezium-connector-mariadb:3.5.0.Final",
            "io.debezium:debezium-connector-jdbc:3.5.0.Final");
    Path dataDir = folder.resolve("data");
    try (var worker = ThirdParty.worker(dataDir, plugins, environment())) {
      ThirdParty.create(worker, ThirdParty.documented("debezium.md"), "shop", "warehouse");
      Await.until("the copy has begun", Await.LONG, () -> copied() > 0, worker::tail);
      worker.kill();
    }
    try (var worker = ThirdParty.worker(dataDir, plugins, environment())) {
      awaitEqual("the copy", worker);
      change(
          "INSERT INTO orders VALUES (100001, 'new', 1.25), (100002, 'newer', NULL)",
          "UPDATE orders SET amount = amount + 1 WHERE id <= 50",
          "DELETE FROM orders WHERE id BETWEEN 100 AND 199");
      awaitEqual("the changes", worker);
      change(
          "ALTER TABLE orders ADD COLUMN note VARCHAR(20)",
          "INSERT INTO orders VALUES (100003, 'noted', 2, 'a note')");
      Await.until("the new column", Await.LONG, () -> note().equals("a note"), worker::tail);
      awaitEqual("all", worker);
      assertThat(worker.state("shop", true)).isEqualTo("RUNNING");
      assertThat(worker.state("warehouse", true)).isEqualTo("RUNNING");
    }
  }

  private Map<String, String> environment() {
    return Map.of(
        "SHOP_PORT", Integer.toString(shop.port()),
        "SHOP_USER", shop.user(),
        "SHOP_PASSWORD", shop.password(),
        "WAREHOUSE_URL", warehouse.jdbcUrl("postgres"),
        "WAREHOUSE_USER", warehouse.user(),
        "WAREHOUSE_PASSWORD", warehouse.password());
  }

  private void awaitEqual(String what, MillraceProcess worker) throws SQLException {
    Map<Integer, String> wanted;
    try (Connection connection = connect(shop, "shop")) {
      wanted = rows(connection);
    }
    Await.until(
        what + " is equal",
        Await.LONG,
        () -> {
          try (Connection connection = warehouse()) {
            return rows(connection).equals(wanted);
          }
        },
        worker::tail);
  }

  private static Map<Integer, String> rows(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id, customer, amount FROM orders")) {
      Map<Integer, String> found = new TreeMap<>();
      while (rows.next()) {
        found.put(rows.getInt(1), rows.getString(2) + " " + rows.getBigDecimal(3));
      }
      return found;
    }
  }

  private long copied() throws SQLException {
    try (Connection connection = warehouse();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT COUNT(*) FROM orders")) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private String note() throws SQLException {
    try (Connection connection = warehouse();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT note FROM orders WHERE id = 100003")) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  private void change(String... statements) throws SQLException {
    try (Connection connection = connect(shop, "shop")) {
      for (String sql : statements) {
        execute(connection, sql);
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect(MariaDbServer server, String database) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
  }

  private Connection warehouse() throws SQLException {
    return DriverManager.getConnection(
        warehouse.jdbcUrl("postgres"), warehouse.user(), warehouse.password());
  }
}
