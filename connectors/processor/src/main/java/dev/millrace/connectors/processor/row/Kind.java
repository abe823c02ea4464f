package dev.millrace.connectors.processor.row;

/** What a value is for SQL. Several column types (int8 … int64) share one kind. */
public enum Kind {
  /** A null of which no type is known. */
  UNKNOWN("null"),
  /** True or false. */
  BOOLEAN("boolean"),
  /** A whole number of up to 64 bits. */
  INTEGER("integer"),
  /** An exact number with a scale. */
  DECIMAL("decimal"),
  /** A floating point number. */
  FLOAT("double"),
  /** Text. */
  STRING("string"),
  /** Bytes. */
  BYTES("bytes"),
  /** A day; held as days since 1970-01-01. */
  DATE("date"),
  /** A time of day; held as milliseconds since midnight. */
  TIME("time"),
  /** A point in time; held as milliseconds since 1970-01-01 UTC. */
  TIMESTAMP("timestamp"),
  /** An object or an array, which SQL here can only pass on. */
  COMPLEX("object or array");

  private final String label;

  Kind(String label) {
    this.label = label;
  }

  /** The kind's name as error messages use it. */
  public String label() {
    return label;
  }

  /** Whether arithmetic is defined for it. */
  public boolean isNumeric() {
    return this == INTEGER || this == DECIMAL || this == FLOAT;
  }

  /** Whether it is a date, a time or a timestamp. */
  public boolean isTemporal() {
    return this == DATE || this == TIME || this == TIMESTAMP;
  }
}
