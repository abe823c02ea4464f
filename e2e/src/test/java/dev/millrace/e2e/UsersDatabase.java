package dev.millrace.e2e;

import dev.millrace.servers.MariaDbServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A real MariaDB with the table of the measure case: {@code userdb.users}, a row for each visit.
 */
final class UsersDatabase implements AutoCloseable {

  static final int USERS = 100;

  private final MariaDbServer server;

  UsersDatabase(Path dataDir) throws SQLException {
    server = MariaDbServer.builder().dataDir(dataDir).start();
    try (var connection = connect("mysql");
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE IF NOT EXISTS userdb");
    }
    try (var connection = connect("userdb");
        var statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS users (id BIGINT AUTO_INCREMENT PRIMARY KEY, user_id INT NOT"
              + " NULL, page VARCHAR(100) NOT NULL, visited_at TIMESTAMP(3) NOT NULL DEFAULT"
              + " CURRENT_TIMESTAMP(3))");
    }
  }

  MariaDbServer server() {
    return server;
  }

  /** What the topology of the example needs. */
  Map<String, String> environment() {
    return Map.of(
        "USERDB_URL", server.mysqlUrl("userdb"),
        "USERDB_USER", server.user(),
        "USERDB_PASSWORD", server.password());
  }

  Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
  }

  /** Inserts many rows in one transaction. */
  void insertMany(int rows) throws SQLException {
    try (var connection = connect("userdb");
        var statement = connection.createStatement()) {
      statement.executeUpdate(
          "INSERT INTO users (user_id, page) SELECT seq MOD %d, CONCAT('/page/', seq MOD 7) FROM seq_1_to_%d"
              .formatted(USERS, rows));
    }
  }

  Map<Integer, Long> visits() throws SQLException {
    try (var connection = connect("userdb");
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT user_id, COUNT(*) FROM users GROUP BY user_id")) {
      var visits = new TreeMap<Integer, Long>();
      while (rows.next()) visits.put(rows.getInt(1), rows.getLong(2));
      return visits;
    }
  }

  long views(String page) throws SQLException {
    try (var connection = connect("userdb");
        var statement = connection.prepareStatement("SELECT COUNT(*) FROM users WHERE page = ?")) {
      statement.setString(1, page);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  Set<Long> ids() throws SQLException {
    try (var connection = connect("userdb");
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id FROM users")) {
      var ids = new TreeSet<Long>();
      while (rows.next()) ids.add(rows.getLong(1));
      return ids;
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
