package dev.millrace.worker.validation;

import java.util.function.UnaryOperator;

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
  private final String causeName;

  /** A check that is impossible; the cause may be null. */
  public ValidationException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.causeName = cause == null ? "" : cause.getClass().getName();
  }

  private ValidationException(ValidationException shown, String message) {
    super(message);
    this.kind = shown.kind;
    this.causeName = shown.causeName;
  }

  /** The same for others to see: no secret in the message, and no cause, which may tell some. */
  ValidationException hidden(UnaryOperator<String> how) {
    return new ValidationException(this, getMessage() == null ? null : how.apply(getMessage()));
  }

  /** Name of the class of what made the check fail; empty when there is nothing. */
  public String causeName() {
    return causeName;
  }

  static ValidationException badRequest(String message) {
    return new ValidationException(Kind.BAD_REQUEST, message, null);
  }

  /** Whose fault it is. */
  public Kind kind() {
    return kind;
  }
}
