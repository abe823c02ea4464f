package dev.millrace.servers;

/** A database server could not be unpacked, installed, started or stopped. Immutable. */
public final class ServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message says what happened, to which server, and how to mend it. */
  public ServerException(String message) {
    super(message);
  }

  /** As above, with the error that was the cause. */
  public ServerException(String message, Throwable cause) {
    super(message, cause);
  }
}
