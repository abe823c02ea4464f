package dev.millrace.worker;

/** A configuration cannot even be checked. */
public final class ValidationException extends RuntimeException {

  /** Whose fault it is. */
  public enum Kind {
    /** The request's: no connector class, or an unknown one. */
    BAD_REQUEST,
    /** The plugin's, or it took too long. */
    FAILED
  }

  private final Kind kind;

  public ValidationException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
