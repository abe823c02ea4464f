package dev.millrace.worker.validation;

/** A configuration cannot even be checked. */
public final class ValidationException extends RuntimeException {

  /** Whose fault it is. */
  public enum Kind {
    /** The request's: no connector class, an unknown one, or one that defines nothing. */
    BAD_REQUEST,
    /** The plugin's, or a value of a client override that cannot be read; the cause says more. */
    FAILED,
    /** It took too long, or too many are under way. */
    TIMED_OUT
  }

  private final Kind kind;

  /** A check that is impossible; the cause may be null. */
  public ValidationException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  static ValidationException badRequest(String message) {
    return new ValidationException(Kind.BAD_REQUEST, message, null);
  }

  /** Whose fault it is. */
  public Kind kind() {
    return kind;
  }
}
