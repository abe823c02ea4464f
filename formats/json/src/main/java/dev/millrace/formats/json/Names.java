package dev.millrace.formats.json;

import java.util.Arrays;

/**
 * Names of members that were read lately, so that they need not be made again. Small and bounded.
 * Thread-safe: the entries are immutable, and one that is lost is only made again.
 */
final class Names {

  private static final int MOST = 256;
  private static final int LONGEST = 64;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Known(byte[] bytes, String name) {}

  private final Known[] known = new Known[MOST];

  /**
   * The name of these bytes, which are ASCII.
   *
   * @param hash of them
   */
  String of(byte[] text, int begin, int end, int hash) {
    int place = (hash ^ hash >>> 8) & (MOST - 1);
    Known there = known[place];
    if (there != null && Arrays.equals(text, begin, end, there.bytes, 0, there.bytes.length)) {
      return there.name;
    }
    byte[] bytes = Arrays.copyOfRange(text, begin, end);
    String name = Ascii.text(bytes, 0, bytes.length);
    if (bytes.length <= LONGEST) known[place] = new Known(bytes, name);
    return name;
  }
}
