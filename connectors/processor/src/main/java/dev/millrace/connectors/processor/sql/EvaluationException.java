package dev.millrace.connectors.processor.sql;

/** An expression has no value for a row: overflow, division by zero, a text that is no number, … */
public final class EvaluationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean placed;

  /** Without a place in the query; {@link #at} adds it. */
  public EvaluationException(String message) {
    this(message, null, false);
  }

  private EvaluationException(String message, Throwable cause, boolean placed) {
    super(message, cause);
    this.placed = placed;
  }

  /** The same with the place in the query, unless it has one already. */
  public EvaluationException at(int line, int column) {
    return placed ? this : at(line, column, this);
  }

  /** Another failure with its place in the query. */
  static EvaluationException at(int line, int column, RuntimeException cause) {
    String message = "line " + line + ", column " + column + ": " + cause.getMessage();
    return new EvaluationException(message, cause, true);
  }
}
