package dev.millrace.cli.install;

/** A plugin cannot be installed or removed; the message is for the user and complete. */
public final class InstallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what happened, and how to mend it. */
  public InstallException(String message) {
    super(message);
  }

  /** With what happened, and how to mend it. */
  public InstallException(String message, Throwable cause) {
    super(message, cause);
  }
}
