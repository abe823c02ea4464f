package dev.millrace.formats.json;

import java.nio.charset.StandardCharsets;

/** Fixed parts of texts. */
final class Ascii {

  private Ascii() {}

  static byte[] of(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
