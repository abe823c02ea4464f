package dev.millrace.e2e;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Visitors who keep coming: several connections that insert rows one by one until they are stopped.
 */
final class Visitors implements AutoCloseable {

  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong inserted = new AtomicLong();
  private volatile boolean stopped;

  Visitors(UsersDatabase database, int connections, int pauseMs) {
    for (int i = 0; i < connections; i++) {
      int seed = i;
      threads.add(Thread.ofPlatform().start(() -> visit(database, seed, pauseMs)));
    }
  }

  long inserted() {
    return inserted.get();
  }

  private void visit(UsersDatabase database, int seed, int pauseMs) {
    var random = RandomGenerator.of("L64X128MixRandom");
    while (!stopped) {
      try (var connection = database.connect("userdb")) {
        while (!stopped) {
          insert(connection, random.nextInt(UsersDatabase.USERS), seed);
          inserted.incrementAndGet();
          LockSupport.parkNanos(pauseMs * 1_000_000L);
        }
      } catch (SQLException e) {
        LockSupport.parkNanos(200_000_000L); // the database may be away: come again
      }
    }
  }

  private static void insert(Connection connection, int user, int seed) throws SQLException {
    try (var statement =
        connection.prepareStatement("INSERT INTO users (user_id, page) VALUES (?, ?)")) {
      statement.setInt(1, user);
      statement.setString(2, "/from/" + seed);
      statement.executeUpdate();
    }
  }

  /** No more rows come once this has returned. */
  @Override
  public void close() {
    stopped = true;
    for (var thread : threads) {
      try {
        thread.join(60_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
