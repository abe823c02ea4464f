package dev.millrace.connectors.processor.sql;

/**
 * Something in a query that cannot be run. Immutable.
 *
 * @param line line, from 1
 * @param column column, from 1
 * @param message what is wrong and why or how to mend it
 */
public record SqlProblem(int line, int column, String message) {
  @Override
  public String toString() {
    return "line " + line + ", column " + column + ": " + message;
  }
}
