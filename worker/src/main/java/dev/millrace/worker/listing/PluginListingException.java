package dev.millrace.worker.listing;

/** A plugin's settings cannot be shown. */
public final class PluginListingException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Whose fault it is. */
  public enum Kind {
    NOT_FOUND,
    BAD_REQUEST,
    FAILED
  }

  private final Kind kind;

  public PluginListingException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
