package dev.millrace.connectors.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task's one connection, opened when it is needed and again when it is broken. Owned by the
 * task's thread; {@link #abort} may be called by any thread.
 */
final class Session implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Session.class);
  private static final int VALID_SECONDS = 2;

  private final ConnectionSettings settings;
  private final Dialect dialect;
  private volatile Connection connection;
  private boolean workedBefore;

  Session(ConnectionSettings settings) {
    this.settings = settings;
    this.dialect = Dialect.of(settings.url());
  }

  Dialect dialect() {
    return dialect;
  }

  ConnectionSettings settings() {
    return settings;
  }

  Quotes quotes() {
    return new Quotes(settings.quoted() ? dialect.quote() : "");
  }

  /** The open connection, or a new one. */
  Connection connection() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = Drivers.open(settings, dialect);
      connection = open;
      workedBefore = true;
    }
    return open;
  }

  /** True once a connection has been opened. */
  boolean workedBefore() {
    return workedBefore;
  }

  /** True when the error passes by itself; asks the connection if the error does not tell. */
  boolean passes(SQLException error) {
    return DatabaseErrors.passes(error, workedBefore) || !stillValid();
  }

  private boolean stillValid() {
    Optional<Connection> open = Optional.ofNullable(connection);
    try {
      return open.isEmpty() || open.get().isValid(VALID_SECONDS);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Gives the connection up without waiting for what is still on its way. */
  void abort() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.abort(Runnable::run);
      } catch (SQLException e) {
        log.debug("A broken connection to {} could not be aborted", settings, e);
      }
    }
  }

  /** Closes an idle connection in an orderly way. */
  @Override
  public void close() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        log.debug("A connection to {} could not be closed", settings, e);
      }
    }
  }
}
