package dev.millrace.formats.json;

/** Reads the values of one schema. Immutable and thread-safe. */
@FunctionalInterface
interface ValueReader {

  /**
   * Reads a value; may return null.
   *
   * @throws RuntimeException for whatever it does not read
   */
  Object read(Input in);
}
