package dev.millrace.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerIT {
  @TempDir Path dir;

  @Test
  void keepsItsDataAndPortOverStopAndKill() throws Exception {
    try (PostgresServer server = PostgresServer.builder().dataDir(dir).start()) {
      int port = server.port();
      run(server, "CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
      server.stop();
      server.start();
      run(server, "INSERT INTO t VALUES (2)");
      server.kill();
      server.start();
      assertThat(server.port()).isEqualTo(port);
      assertThat(count(server)).isEqualTo(2);
    }
  }

  private static void run(PostgresServer server, String... sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        statement.execute(one);
      }
    }
  }

  private static int count(PostgresServer server) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM t")) {
      result.next();
      return result.getInt(1);
    }
  }

  private static Connection connect(PostgresServer server) throws SQLException {
    return DriverManager.getConnection(
        server.jdbcUrl("postgres"), server.user(), server.password());
  }
}
