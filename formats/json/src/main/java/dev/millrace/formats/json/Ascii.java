package dev.millrace.formats.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Texts of ASCII, and eight bytes looked at as one number. */
final class Ascii {

  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long TOPS = 0x8080808080808080L;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;
  private static final long BLANKS = ' ' * ONES;
  private static final long ZEROS = '0' * ONES;

  /** What makes a top bit of all but a digit's value. */
  private static final long NO_DIGIT = (0x80 - 10) * ONES;

  private Ascii() {}

  static byte[] of(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @SuppressWarnings("deprecation") // one character for each byte
  static String text(byte[] bytes, int begin, int end) {
    return new String(bytes, 0, begin, end - begin);
  }

  /** Eight bytes, the first one lowest. */
  static long eight(byte[] bytes, int at) {
    return (long) EIGHT.get(bytes, at);
  }

  /**
   * How many of eight bytes, from the first one, simply stand for themselves in a string: they are
   * ASCII, no quote, no backslash, and no control character.
   */
  static int plain(long eight) {
    // each difference has its top bit where the byte is meant; a borrow comes from such a byte
    // only, so that the lowest one is right
    long quotes = eight ^ QUOTES;
    long backslashes = eight ^ BACKSLASHES;
    long odd =
        ((quotes - ONES) & ~quotes)
            | ((backslashes - ONES) & ~backslashes)
            | ((eight - BLANKS) & ~eight)
            | eight;
    return Long.numberOfTrailingZeros(odd & TOPS) >>> 3;
  }

  /** How many of eight bytes, from the first one, are digits. */
  static int digits(long eight) {
    // a carry comes from a byte that is no digit only, so that the lowest one is right
    long values = eight ^ ZEROS;
    long odd = (values + NO_DIGIT) | values;
    return Long.numberOfTrailingZeros(odd & TOPS) >>> 3;
  }

  /** The number of the first bytes of eight, so many digits. */
  static long number(long eight, int digits) {
    if (digits == 0) return 0;
    // as the last of eight digits, behind zeros; then added up to pairs, fours and all
    long ones = (eight ^ ZEROS) << (Byte.SIZE * (Long.BYTES - digits));
    long pairs = (ones * 10 + (ones >>> 8)) & 0x00FF00FF00FF00FFL;
    long fours = (pairs * 100 + (pairs >>> 16)) & 0x0000FFFF0000FFFFL;
    return (fours * 10_000 + (fours >>> 32)) & 0xFFFFFFFFL;
  }
}
