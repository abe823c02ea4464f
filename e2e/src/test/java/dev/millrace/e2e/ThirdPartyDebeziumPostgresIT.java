package dev.millrace.e2e;

import dev.millrace.servers.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debezium's PostgreSQL source with heartbeats, unmodified: docs/connectors/debezium.md. */
@Tag("third-party")
class ThirdPartyDebeziumPostgresIT {
  @TempDir Path folder;

  @Test
  void changesAndHeartbeatsArrive() throws Exception {
    String plugins =
        ThirdParty.installed(
            Path.of("debezium-postgres"), "io.debezium:debezium-connector-postgres:3.7.0.Final");
    try (var postgres =
        PostgresServer.builder()
            .dataDir(folder.resolve("postgres"))
            .parameter("wal_level", "logical")
            .start()) {
      execute(
          postgres,
          "CREATE TABLE items (id INT PRIMARY KEY, name TEXT)",
          "ALTER TABLE items REPLICA IDENTITY FULL",
          "INSERT INTO items SELECT n, 'item ' || n FROM generate_series(1, 100) n");
      var environment =
          Map.of(
              "STOCK_PORT", Integer.toString(postgres.port()),
              "STOCK_USER", postgres.user(),
              "STOCK_PASSWORD", postgres.password());
      Path dataDir = folder.resolve("data");
      try (var worker = ThirdParty.worker(dataDir, plugins, environment)) {
        ThirdParty.create(worker, ThirdParty.documented("debezium.md"), "stock");
        String kafka = ThirdParty.kafkaOf(dataDir);
        await("the snapshot", worker, kafka, "\"op\":\"r\"", 100);
        execute(
            postgres,
            "INSERT INTO items VALUES (101, 'new')",
            "UPDATE items SET name = 'changed' WHERE id = 7",
            "DELETE FROM items WHERE id = 9");
        await("the insert", worker, kafka, "\"op\":\"c\"", 1);
        await("the update", worker, kafka, "\"op\":\"u\"", 1);
        await("the deletion", worker, kafka, "\"op\":\"d\"", 1);
        Await.until(
            "heartbeats",
            Await.LONG,
            () -> ThirdParty.values(kafka, "__debezium-heartbeat.stock").size() >= 3,
            worker::tail);
      }
    }
  }

  private static void await(
      String what, MillraceProcess worker, String kafka, String mark, long count) {
    Await.until(
        what,
        Await.LONG,
        () ->
            ThirdParty.values(kafka, "stock.public.items").stream()
                    .filter(v -> v.contains(mark))
                    .count()
                == count,
        worker::tail);
  }

  private static void execute(PostgresServer postgres, String... statements) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                postgres.jdbcUrl("postgres"), postgres.user(), postgres.password());
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
