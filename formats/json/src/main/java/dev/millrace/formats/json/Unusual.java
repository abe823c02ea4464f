package dev.millrace.formats.json;

/**
 * Left to the original: thrown where a value or a text is not one of the plain cases. It is no
 * error, and cheap: it has no stack trace.
 */
final class Unusual extends RuntimeException {

  private static final long serialVersionUID = 1L;

  Unusual() {
    super("left to the original converter", null, false, false);
  }
}
