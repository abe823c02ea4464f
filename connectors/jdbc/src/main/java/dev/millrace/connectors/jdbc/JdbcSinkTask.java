package dev.millrace.connectors.jdbc;

import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records into tables, each {@link #put} in one transaction. When the database goes away the
 * same records are asked for again. Used by one thread.
 */
public final class JdbcSinkTask extends SinkTask {
  private static final Logger log = LoggerFactory.getLogger(JdbcSinkTask.class);

  private Optional<SinkSettings> settings = Optional.empty();
  private Optional<Session> session = Optional.empty();
  private Optional<SinkWriter> writer = Optional.empty();
  private int failures;

  /** For the runtime, which creates tasks by their class. */
  public JdbcSinkTask() {}

  @Override
  public String version() {
    return Version.text();
  }

  @Override
  public void start(Map<String, String> properties) {
    SinkSettings read = SinkSettings.of(properties);
    settings = Optional.of(read);
    session = Optional.of(new Session(read.connection()));
  }

  @Override
  public void put(Collection<SinkRecord> records) {
    if (records.isEmpty()) {
      return;
    }
    try {
      SinkWriter open = writer();
      for (SinkRecord record : records) {
        write(open, record);
      }
      open.commit();
      succeeded();
    } catch (SQLException e) {
      throw failed(e, records);
    } catch (RuntimeException e) {
      giveUpTransaction();
      throw e;
    }
  }

  private SinkWriter writer() throws SQLException {
    Session open = session.orElseThrow();
    if (writer.isEmpty()) {
      open.connection().setAutoCommit(false);
      writer = Optional.of(new SinkWriter(open, settings.orElseThrow()));
    }
    return writer.get();
  }

  /** A record that cannot be a row goes to the runtime's error reporter, if there is one. */
  private void write(SinkWriter open, SinkRecord record) throws SQLException {
    SinkSettings rules = settings.orElseThrow();
    SinkRow row;
    try {
      row = SinkRow.of(record, rules);
    } catch (DataException e) {
      ErrantRecordReporter reporter = context == null ? null : context.errantRecordReporter();
      if (reporter == null) {
        throw e;
      }
      // The runtime waits for its own reports before it commits offsets.
      Future<Void> reported = reporter.report(record, e);
      log.debug("Reported {}: {}", reported, e.getMessage());
      return;
    }
    open.write(rules.tableOf(record.topic()), row);
  }

  private void succeeded() {
    if (failures > 0) {
      log.info("The database {} is back; writing on.", settings.orElseThrow().connection());
    }
    failures = 0;
  }

  private ConnectException failed(SQLException error, Collection<SinkRecord> records) {
    Session open = session.orElseThrow();
    SinkSettings rules = settings.orElseThrow();
    SQLException cause = error.getNextException() == null ? error : error.getNextException();
    boolean passes = open.passes(error) || open.passes(cause);
    writer = Optional.empty();
    open.abort();
    String what =
        "The database "
            + rules.connection()
            + " did not take "
            + records.size()
            + " records: "
            + DatabaseErrors.describe(cause);
    if (!passes || (rules.retries().most() >= 0 && failures >= rules.retries().most())) {
      return new ConnectException(what, error);
    }
    failures++;
    context.timeout(rules.retries().backoff().toMillis());
    return new RetriableException(
        what + ". They are tried again every " + rules.retries().backoff() + ".", error);
  }

  private void giveUpTransaction() {
    try {
      if (writer.isPresent()) {
        writer.get().rollback();
      }
    } catch (SQLException e) {
      log.debug("The transaction could not be rolled back", e);
      session.ifPresent(Session::abort);
    }
    writer = Optional.empty();
  }

  @Override
  public void stop() {
    session.ifPresent(Session::close);
    session = Optional.empty();
    writer = Optional.empty();
  }
}
