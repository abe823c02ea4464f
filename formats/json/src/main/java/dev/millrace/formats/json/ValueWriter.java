package dev.millrace.formats.json;

/** Writes the values of one schema. Immutable and thread-safe. */
@FunctionalInterface
interface ValueWriter {

  /**
   * Appends a value.
   *
   * @param value may be null
   * @throws RuntimeException for whatever it does not write; the text is then of no use
   */
  void write(Output out, Object value);
}
