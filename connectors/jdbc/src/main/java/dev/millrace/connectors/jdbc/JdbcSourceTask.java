package dev.millrace.connectors.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads tables or a query into records. A database that goes away is waited for with growing pauses
 * and read on from the last delivered row; until then every poll throws a RetriableException, which
 * runtimes take for "nothing yet" and show.
 *
 * <p>Polled by one thread; {@link #stop} may come from another and ends a waiting poll at once. One
 * lock guards everything but the wish to stop.
 */
public final class JdbcSourceTask extends SourceTask {
  private static final Logger log = LoggerFactory.getLogger(JdbcSourceTask.class);

  /** A poll that finds nothing returns after this, so that a runtime that waits for it can stop. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(500);

  /** Longer, since runtimes may log each time; shorter than they allow for a stop. */
  private static final Duration LONGEST_WAIT_AWAY = Duration.ofSeconds(2);

  private static final Duration STOP_WAIT = Duration.ofSeconds(2);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();
  private final Backoff backoff = new Backoff(ThreadLocalRandom.current());
  private volatile boolean stopping;
  private volatile Session session;
  private List<TableReader> readers = List.of();
  private String away = "";
  private long retryNanos;

  /** For the runtime, which creates tasks by their class. */
  public JdbcSourceTask() {}

  @Override
  public String version() {
    return Version.text();
  }

  @Override
  public void start(Map<String, String> properties) {
    SourceSettings settings = SourceSettings.of(properties);
    Session opened = new Session(settings.connection());
    session = opened;
    readers =
        settings.target().query().isPresent()
            ? List.of(reader(settings, opened, settings.target().tables().stream().findFirst()))
            : settings.target().tables().stream()
                .map(table -> reader(settings, opened, Optional.of(table)))
                .toList();
  }

  private TableReader reader(SourceSettings settings, Session opened, Optional<TableName> table) {
    return new TableReader(settings, table, opened, this::storedOffset, System::nanoTime);
  }

  private Map<String, Object> storedOffset(List<Map<String, String>> partitions) {
    for (Map<String, String> partition : partitions) {
      Map<String, Object> offset = context.offsetStorageReader().offset(partition);
      if (offset != null) {
        return offset;
      }
    }
    return Map.of();
  }

  @Override
  @SuppressWarnings("ReturnsNullCollection") // Kafka Connect: null says that there is nothing
  public List<SourceRecord> poll() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long deadline = System.nanoTime() + longestWait().toNanos();
      while (!stopping) {
        List<SourceRecord> records = askWhoIsDue();
        if (!records.isEmpty()) {
          return records;
        }
        long now = System.nanoTime();
        if (deadline - now <= 0) {
          return nothing();
        }
        wake.awaitNanos(Math.min(deadline - now, nextNanos(deadline) - now));
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private Duration longestWait() {
    return away.isEmpty() ? LONGEST_WAIT : LONGEST_WAIT_AWAY;
  }

  @SuppressWarnings("ReturnsNullCollection") // as poll()
  private List<SourceRecord> nothing() {
    if (!away.isEmpty()) {
      throw new RetriableException(away);
    }
    return null;
  }

  private List<SourceRecord> askWhoIsDue() {
    Optional<TableReader> next = next();
    boolean due = next.isPresent() && nextNanos(0) - System.nanoTime() <= 0;
    return due ? ask(next.get()) : List.of();
  }

  /**
   * One with an open result is read to its end first: the tables share a connection, and another
   * query on it ends a result (PostgreSQL) or has all the rest read into memory (MariaDB).
   */
  private Optional<TableReader> next() {
    return readers.stream()
        .filter(TableReader::isOpen)
        .findFirst()
        .or(() -> readers.stream().min(Comparator.comparingLong(TableReader::dueNanos)));
  }

  /** When to ask next, or the given time if there is nothing to ask. */
  private long nextNanos(long otherwise) {
    return !away.isEmpty()
        ? retryNanos
        : readers.stream().mapToLong(TableReader::dueNanos).min().orElse(otherwise);
  }

  private List<SourceRecord> ask(TableReader reader) {
    try {
      List<SourceRecord> records = reader.fetch();
      if (!away.isEmpty()) {
        away = "";
        log.info("The database {} is back; reading {} on.", session.settings(), reader);
      }
      backoff.reset();
      return records;
    } catch (SQLException e) {
      if (stopping) {
        return List.of();
      }
      throw failed(reader, e);
    }
  }

  private ConnectException failed(TableReader reader, SQLException error) {
    boolean passes = session.passes(error);
    session.abort();
    readers.forEach(TableReader::reset);
    if (!passes) {
      return new ConnectException(
          "The database "
              + session.settings()
              + " does not let "
              + reader
              + " be read: "
              + DatabaseErrors.describe(error),
          error);
    }
    Duration wait = backoff.next();
    retryNanos = System.nanoTime() + wait.toNanos();
    away =
        "The database "
            + session.settings()
            + " is away; reading "
            + reader
            + " goes on when it is back: "
            + DatabaseErrors.describe(error);
    return new RetriableException(away, error);
  }

  @Override
  public void stop() {
    stopping = true;
    Session open = session;
    try {
      if (lock.tryLock(STOP_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          wake.signalAll();
          close();
        } finally {
          lock.unlock();
        }
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (open != null) {
      open.abort();
    }
  }

  /** An open result is not read to its end: the connection is cut. */
  private void close() {
    Session open = session;
    if (open == null) {
      return;
    }
    if (readers.stream().anyMatch(TableReader::isOpen)) {
      open.abort();
    } else {
      open.close();
    }
    readers = List.of();
  }
}
