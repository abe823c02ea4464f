package dev.millrace.cli.demo;

/** The demo cannot go on; the message is for the user. */
public final class DemoException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what happened and its cause. */
  public DemoException(String message, Throwable cause) {
    super(message, cause);
  }
}
