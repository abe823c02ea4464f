package dev.millrace.connectors.jdbc;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;

/** Which errors of a database pass by themselves. Stateless. */
final class DatabaseErrors {
  /**
   * SQLSTATE classes: 08 connection, 53 out of resources, 57P server shutting down or starting, 40
   * rolled back (deadlock, serialization).
   */
  private static final Set<String> PASSING_CLASSES = Set.of("08", "53", "40");

  /**
   * MariaDB and MySQL: too many connections, shutdown, lock wait, deadlock, read-only while failing
   * over, connection killed, network errors.
   */
  private static final Set<Integer> PASSING_CODES =
      Set.of(1040, 1053, 1152, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1290, 1836, 1927, 4031);

  /** Refused user, unknown database: final at first, passing for a server that is restarting. */
  private static final Set<String> ACCESS_STATES = Set.of("28000", "28P01", "3D000");

  private static final int UNKNOWN_DATABASE = 1049;

  private DatabaseErrors() {}

  /**
   * True when trying again later can help.
   *
   * @param workedBefore whether this task has been connected before
   */
  static boolean passes(SQLException error, boolean workedBefore) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && passesItself(sql, workedBefore)) {
        return true;
      }
      if (cause instanceof IOException
          || cause instanceof SQLTransientException
          || cause instanceof SQLRecoverableException) {
        return true;
      }
    }
    return false;
  }

  private static boolean passesItself(SQLException error, boolean workedBefore) {
    String state = error.getSQLState() == null ? "" : error.getSQLState();
    if (ACCESS_STATES.contains(state) || error.getErrorCode() == UNKNOWN_DATABASE) {
      return workedBefore;
    }
    return state.startsWith("57P")
        || PASSING_CLASSES.contains(state.substring(0, Math.min(2, state.length())))
        || PASSING_CODES.contains(error.getErrorCode());
  }

  /** What went wrong, in one line, with the database's own code. */
  static String describe(SQLException error) {
    String message = String.valueOf(error.getMessage()).lines().findFirst().orElse("no message");
    return message + " (SQLSTATE " + error.getSQLState() + ", code " + error.getErrorCode() + ")";
  }
}
