package dev.millrace.worker;

/** A table cannot be asked. */
public final class QueryException extends RuntimeException {

  /** Why. */
  public enum Kind {
    /** The connector keeps no table here. */
    NO_TABLE,
    /** The key cannot be read as a key of that table. */
    BAD_KEY,
    /** The table is being restored or moved; ask again. */
    NOT_READY
  }

  private final Kind kind;

  public QueryException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
