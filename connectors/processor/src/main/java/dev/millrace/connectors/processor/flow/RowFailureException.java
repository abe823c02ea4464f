package dev.millrace.connectors.processor.flow;

/** A row for which the query has no result, with the place of the row. Fails the task. */
public final class RowFailureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RowFailureException(String message, Throwable cause) {
    super(message, cause);
  }
}
