package dev.millrace.connectors.jdbc;

import dev.millrace.servers.MariaDbServer;
import dev.millrace.servers.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The real databases of the integration tests, each started once for the whole run. */
enum Database {
  MARIADB {
    @Override
    String url() {
      return Servers.MARIADB.jdbcUrl(schema());
    }

    @Override
    void stop() {
      Servers.MARIADB.stop();
    }

    @Override
    void kill() {
      Servers.MARIADB.kill();
    }

    @Override
    void start() {
      Servers.MARIADB.start();
    }

    @Override
    String schema() {
      return "shop";
    }

    @Override
    String autoId() {
      return "id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY";
    }
  },
  POSTGRES {
    @Override
    String url() {
      return Servers.POSTGRES.jdbcUrl("postgres");
    }

    @Override
    void stop() {
      Servers.POSTGRES.stop();
    }

    @Override
    void kill() {
      Servers.POSTGRES.kill();
    }

    @Override
    void start() {
      Servers.POSTGRES.start();
    }

    @Override
    String schema() {
      return "public";
    }

    @Override
    String autoId() {
      return "id BIGSERIAL PRIMARY KEY";
    }
  };

  static final String USER = "postgres";
  private static final AtomicInteger NEXT = new AtomicInteger();

  abstract String url();

  abstract void stop();

  abstract void kill();

  abstract void start();

  abstract String schema();

  abstract String autoId();

  /** A table name that no other test has. */
  String newTable() {
    return "t" + NEXT.incrementAndGet();
  }

  /** The connection's settings under our names. */
  Map<String, String> config() {
    Map<String, String> config = new HashMap<>();
    config.put("url", url());
    config.put("username", USER);
    config.put("password", USER);
    return config;
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url(), USER, USER);
  }

  void run(String... sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        statement.execute(one);
      }
    }
  }

  /** All rows as text, columns with | between. */
  List<String> rows(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(result.getString(i));
        }
        rows.add(String.join("|", row.stream().map(String::valueOf).toList()));
      }
      return rows;
    }
  }

  /** Started at first use, stopped when the JVM ends. */
  private static final class Servers {
    private static final Path DIR = newDirectory();
    private static final MariaDbServer MARIADB = startMariaDb();
    private static final PostgresServer POSTGRES =
        PostgresServer.builder().dataDir(DIR.resolve("postgres")).start();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(Servers::stopAll));
    }

    private static void stopAll() {
      MARIADB.kill();
      POSTGRES.stop();
    }

    private static MariaDbServer startMariaDb() {
      MariaDbServer server =
          MariaDbServer.builder().dataDir(DIR.resolve("mariadb")).user(USER, USER).start();
      try (Connection connection = DriverManager.getConnection(server.jdbcUrl(""), USER, USER);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE shop");
        return server;
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    private static Path newDirectory() {
      try {
        Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
        return Files.createTempDirectory(target, "servers-");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
