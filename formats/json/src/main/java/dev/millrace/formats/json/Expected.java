package dev.millrace.formats.json;

import java.util.Arrays;

/** Bytes that often come next, compared by eights. Immutable. */
final class Expected {

  private static final int EIGHT = Long.BYTES;

  private final byte[] bytes;

  /** The bytes by eights; the last ones overlap those before, or are filled up with zeros. */
  private final long[] eights;

  /** Of the first eight those that count. */
  private final long mask;

  /** Where the last eight begin. */
  private final int last;

  Expected(byte[] bytes) {
    this.bytes = bytes;
    byte[] filled = Arrays.copyOf(bytes, Math.max(EIGHT, bytes.length));
    this.eights = new long[(filled.length + EIGHT - 1) / EIGHT];
    this.last = filled.length - EIGHT;
    for (int i = 0; i < eights.length; i++) eights[i] = Ascii.eight(filled, place(i));
    int missing = filled.length - bytes.length;
    this.mask = missing == EIGHT ? 0 : -1L >>> (EIGHT * missing);
  }

  private int place(int i) {
    return i < eights.length - 1 ? i * EIGHT : last;
  }

  int length() {
    return bytes.length;
  }

  /** Whether they are at this place of the text. */
  boolean at(byte[] text, int at) {
    if (at + Math.max(EIGHT, bytes.length) > text.length) return atEnd(text, at);
    if (((Ascii.eight(text, at) ^ eights[0]) & mask) != 0) return false;
    for (int i = 1; i < eights.length - 1; i++) {
      if (Ascii.eight(text, at + i * EIGHT) != eights[i]) return false;
    }
    return eights.length == 1 || Ascii.eight(text, at + last) == eights[eights.length - 1];
  }

  private boolean atEnd(byte[] text, int at) {
    int end = at + bytes.length;
    return end <= text.length && Arrays.equals(text, at, end, bytes, 0, bytes.length);
  }
}
