package dev.millrace.worker.offsets;

import java.util.function.UnaryOperator;

/** Offsets could not be read or changed. */
public final class OffsetException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Why not. */
  public enum Kind {
    NOT_FOUND,
    /** The request is wrong, or the connector is in no state to have its offsets changed. */
    BAD_REQUEST,
    /** Kafka or the plugin failed. */
    FAILED
  }

  private final Kind kind;

  public OffsetException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  static OffsetException badRequest(String message) {
    return new OffsetException(Kind.BAD_REQUEST, message, null);
  }

  static OffsetException failed(String message, Throwable cause) {
    return new OffsetException(Kind.FAILED, message, cause);
  }

  /** The same for others to see: no secret in the message, and no cause, which may tell some. */
  OffsetException hidden(UnaryOperator<String> how) {
    return new OffsetException(kind, getMessage() == null ? null : how.apply(getMessage()), null);
  }

  public Kind kind() {
    return kind;
  }
}
