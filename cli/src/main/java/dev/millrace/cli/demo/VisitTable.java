package dev.millrace.cli.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The table userdb.users. Thread-safe: a lock for the connection that writes, one for the one that
 * reads. One writer at a time means that ids become visible in their order.
 */
public final class VisitTable implements AutoCloseable {
  private static final int FETCH = 10_000;
  private static final List<String> PAGES =
      List.of("/", "/search", "/products", "/products/42", "/cart", "/checkout", "/help");

  private final Object writing = new Object();
  private final Object reading = new Object();
  private final Connection writer;
  private final Connection reader;
  private long inserted; // guarded by writing; chooses the page

  private VisitTable(Connection writer, Connection reader) {
    this.writer = writer;
    this.reader = reader;
  }

  /**
   * Connects, and creates database and table when they are missing.
   *
   * @param serverUrl JDBC address without a database, ending in a slash
   * @throws DemoException when the database refuses
   */
  public static VisitTable open(String serverUrl, String user, String password) {
    try {
      Connection writer = DriverManager.getConnection(serverUrl, user, password);
      create(writer);
      Connection reader = DriverManager.getConnection(serverUrl + "userdb", user, password);
      return new VisitTable(writer, reader);
    } catch (SQLException e) {
      throw new DemoException("The table userdb.users cannot be made: " + e.getMessage(), e);
    }
  }

  private static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE IF NOT EXISTS userdb");
      statement.execute("USE userdb");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS users ("
              + "id BIGINT AUTO_INCREMENT PRIMARY KEY, user_id INT NOT NULL, "
              + "page VARCHAR(200) NOT NULL, "
              + "visited_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3))");
    }
  }

  /**
   * Inserts a visit of each of these users, in one transaction; committed when it returns.
   *
   * @param users at most a few thousand
   * @throws DemoException when the database refuses
   */
  public void insert(List<Integer> users) {
    String rows = String.join(",", Collections.nCopies(users.size(), "(?,?)"));
    synchronized (writing) {
      try (PreparedStatement statement =
          writer.prepareStatement("INSERT INTO users (user_id, page) VALUES " + rows)) {
        int parameter = 1;
        for (int user : users) {
          statement.setInt(parameter++, user);
          statement.setString(parameter++, PAGES.get((int) (inserted++ % PAGES.size())));
        }
        statement.executeUpdate();
      } catch (SQLException e) {
        throw new DemoException("Visits cannot be inserted: " + e.getMessage(), e);
      }
    }
  }

  /**
   * The rows of each user.
   *
   * @throws DemoException when the database refuses
   */
  public SortedMap<Integer, Long> rowsByUser() {
    synchronized (reading) {
      try (Statement statement = reader.createStatement();
          ResultSet rows =
              statement.executeQuery("SELECT user_id, COUNT(*) FROM users GROUP BY user_id")) {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        while (rows.next()) {
          counts.put(rows.getInt(1), rows.getLong(2));
        }
        return counts;
      } catch (SQLException e) {
        throw new DemoException("The visits cannot be counted: " + e.getMessage(), e);
      }
    }
  }

  /**
   * The ids of all rows.
   *
   * @throws DemoException when the database refuses
   */
  public Ids ids() {
    synchronized (reading) {
      try (Statement statement = reader.createStatement()) {
        statement.setFetchSize(FETCH);
        Ids ids = new Ids();
        try (ResultSet rows = statement.executeQuery("SELECT id FROM users")) {
          while (rows.next()) {
            ids.add(rows.getLong(1));
          }
        }
        return ids;
      } catch (SQLException e) {
        throw new DemoException("The ids cannot be read: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public void close() {
    closeQuietly(writer);
    closeQuietly(reader);
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // it is being given up anyway
    }
  }
}
