package dev.millrace.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MariaDbServerIT {
  @TempDir Path dir;

  @Test
  void keepsItsDataOverStopAndKillAndANewObject() throws Exception {
    List<String> said = new CopyOnWriteArrayList<>();
    int port;
    try (MariaDbServer server =
        MariaDbServer.builder().dataDir(dir.resolve("db")).progress(said::add).start()) {
      port = server.port();
      run(server, "", "CREATE DATABASE shop");
      run(server, "shop", "CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
      server.stop();
      assertThat(server.isRunning()).isFalse();
      server.start();
      run(server, "shop", "INSERT INTO t VALUES (2)");
      server.kill();
      assertThat(server.isRunning()).isFalse();
      server.start();
      assertThat(server.port()).isEqualTo(port);
      assertThat(count(server)).isEqualTo(2);
    }
    try (MariaDbServer again = MariaDbServer.builder().dataDir(dir.resolve("db")).start()) {
      assertThat(count(again)).isEqualTo(2);
    }
    assertThat(said).anyMatch(line -> line.startsWith("installing"));
    assertThat(said).filteredOn(line -> line.startsWith("installing")).hasSize(1);
    assertThat(said).anyMatch(line -> line.equals("starting MariaDB on port " + port));
  }

  @Test
  void stopsAServerThatAnEarlierRunLeftBehind() throws Exception {
    MariaDbServer forgotten = MariaDbServer.builder().dataDir(dir).start();
    run(forgotten, "", "CREATE DATABASE shop");
    run(forgotten, "shop", "CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    try (MariaDbServer server = MariaDbServer.builder().dataDir(dir).start()) {
      assertThat(forgotten.isRunning()).isFalse();
      assertThat(count(server)).isEqualTo(1);
    }
  }

  @Test
  void aFailedStartShowsTheEndOfTheLog() {
    MariaDbServer.Builder builder =
        MariaDbServer.builder().dataDir(dir).arguments("--no-such-option");
    assertThatThrownBy(builder::start)
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("MariaDB did not start on port")
        .hasMessageContaining("no-such-option");
  }

  @Test
  void aCacheFolderThatCannotBeMadeIsNamed() throws Exception {
    Path file = Files.createFile(dir.resolve("file"));
    MariaDbServer.Builder builder = MariaDbServer.builder().dataDir(dir).cacheDir(file);
    assertThatThrownBy(builder::start)
        .isInstanceOf(ServerException.class)
        .hasMessageContaining(file.toString());
  }

  private static void run(MariaDbServer server, String database, String... sql)
      throws SQLException {
    try (Connection connection = connect(server.jdbcUrl(database), server);
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        statement.execute(one);
      }
    }
  }

  private static int count(MariaDbServer server) throws SQLException {
    try (Connection connection = connect(server.mysqlUrl("shop") + "?permitMysqlScheme", server);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM t")) {
      result.next();
      return result.getInt(1);
    }
  }

  private static Connection connect(String url, MariaDbServer server) throws SQLException {
    return DriverManager.getConnection(url, server.user(), server.password());
  }
}
