package dev.millrace.formats.json;

import java.nio.charset.StandardCharsets;

/** Texts of ASCII. */
final class Ascii {

  private Ascii() {}

  static byte[] of(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @SuppressWarnings("deprecation") // one character for each byte
  static String text(byte[] bytes, int begin, int end) {
    return new String(bytes, 0, begin, end - begin);
  }
}
