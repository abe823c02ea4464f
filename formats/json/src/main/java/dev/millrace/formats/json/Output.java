package dev.millrace.formats.json;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Base64;

/** A growing JSON text. Owned by one thread at a time. */
final class Output {

  private static final int BEGIN = 1 << 10;

  /** A buffer beyond this is not kept for the next text. */
  private static final int KEPT = 1 << 20;

  /** Of names that are kept as they are written; a power of two. */
  private static final int NAMES = 64;

  private static final int LONGEST_NAME = 100;

  /** What holds more than this in one another is left to the original, which has a limit, too. */
  private static final int DEEPEST = 200;

  /** Between these, numbers are written without an exponent. */
  private static final double SMALLEST_PLAIN = 1e-3;

  private static final double END_OF_PLAIN = 1e7;
  private static final int SCALE = 10_000;

  private static final byte[] TRUE = Ascii.of("true");
  private static final byte[] FALSE = Ascii.of("false");
  private static final byte[] NULL = Ascii.of("null");
  private static final byte[] SMALLEST = Ascii.of(Long.toString(Long.MIN_VALUE));
  private static final byte[] HEX = Ascii.of("0123456789ABCDEF");

  /** For each character below 128: 0 as it is, 'u' as a number, else the letter of its escape. */
  private static final byte[] ESCAPES = escapes();

  /** The two digits of 0 to 99, one after the other. */
  private static final byte[] PAIRS = pairs();

  /** Of ten; 0 for the first, since 0 has a digit, too. */
  private static final long[] POWERS = powers();

  private final String[] names = new String[NAMES];
  private final byte[][] written = new byte[NAMES][];

  private byte[] bytes = new byte[BEGIN];
  private int size;

  /** In how many values without a schema the present one is. */
  private int depth;

  /** Of the string that is being written; faster to go through than that. */
  private char[] chars = new char[BEGIN];

  private static byte[] escapes() {
    var result = new byte[128];
    Arrays.fill(result, 0, ' ', (byte) 'u');
    result['\b'] = 'b';
    result['\t'] = 't';
    result['\n'] = 'n';
    result['\f'] = 'f';
    result['\r'] = 'r';
    result['"'] = '"';
    result['\\'] = '\\';
    return result;
  }

  private static byte[] pairs() {
    var result = new byte[200];
    for (int i = 0; i < 100; i++) {
      result[2 * i] = (byte) ('0' + i / 10);
      result[2 * i + 1] = (byte) ('0' + i % 10);
    }
    return result;
  }

  private static long[] powers() {
    var result = new long[19];
    long power = 1;
    for (int i = 1; i < result.length; i++) {
      power *= 10;
      result[i] = power;
    }
    return result;
  }

  /** Begins anew. */
  void clear() {
    size = 0;
    depth = 0;
    if (bytes.length > KEPT) bytes = new byte[BEGIN];
    if (chars.length > KEPT) chars = new char[BEGIN];
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** The text behind a beginning that was not written into it. */
  byte[] toBytes(byte[] beginning) {
    if (beginning.length == 0) return toBytes();
    byte[] all = Arrays.copyOf(beginning, Math.addExact(beginning.length, size));
    System.arraycopy(bytes, 0, all, beginning.length, size);
    return all;
  }

  /** What has been written so far, for {@link #back}. */
  int size() {
    return size;
  }

  /** Takes back what was written since. */
  void back(int to) {
    size = to;
  }

  /** What is written until {@link #shallower} is inside a value. */
  void deeper() {
    if (++depth > DEEPEST) throw new Unusual();
  }

  void shallower() {
    depth--;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
    }
  }

  void raw(byte[] text) {
    room(text.length);
    System.arraycopy(text, 0, bytes, size, text.length);
    size += text.length;
  }

  void raw(char c) {
    room(1);
    bytes[size++] = (byte) c;
  }

  void nothing() {
    raw(NULL);
  }

  void bool(boolean value) {
    raw(value ? TRUE : FALSE);
  }

  void number(long value) {
    if (value == Long.MIN_VALUE) {
      raw(SMALLEST);
      return;
    }
    number(Math.abs(value), value < 0);
  }

  private void number(long positive, boolean negative) {
    room(20);
    byte[] to = bytes;
    int begin = size;
    if (negative) to[begin++] = '-';
    int at = begin + digits(positive);
    size = at;
    long rest = positive;
    while (rest >= 100) {
      long hundredth = rest / 100;
      int pair = (int) (rest - hundredth * 100) << 1;
      to[--at] = PAIRS[pair + 1];
      to[--at] = PAIRS[pair];
      rest = hundredth;
    }
    int pair = (int) rest << 1;
    to[--at] = PAIRS[pair + 1];
    if (rest >= 10) to[--at] = PAIRS[pair];
  }

  /** Of a number that is not negative; a binary digit is some 1233/4096 of a decimal one. */
  private static int digits(long value) {
    int least = ((Long.SIZE - Long.numberOfLeadingZeros(value | 1)) * 1233) >>> 12;
    return value >= POWERS[least] ? least + 1 : least;
  }

  void number(float value) {
    if (Float.isFinite(value)) ascii(Float.toString(value));
    else quoted(Float.toString(value));
  }

  void number(double value) {
    if (fewDecimals(value)) return;
    if (Double.isFinite(value)) ascii(Double.toString(value));
    else quoted(Double.toString(value));
  }

  /**
   * Writes what {@code Double.toString} gives for a number of up to four decimals, as amounts have;
   * whether it was one. A decimal of so few digits that is nearest to the number is its shortest.
   */
  private boolean fewDecimals(double value) {
    double size = Math.abs(value);
    if (!(size >= SMALLEST_PLAIN && size < END_OF_PLAIN)) return false;
    long scaled = Math.round(size * SCALE);
    if (scaled / (double) SCALE != size) return false;
    long whole = scaled / SCALE;
    number(whole, value < 0);
    fraction((int) (scaled - whole * SCALE));
    return true;
  }

  /** Of ten thousandths, without zeros at the end, but for the first. */
  private void fraction(int parts) {
    room(5);
    bytes[size++] = '.';
    int rest = parts;
    int part = SCALE / 10;
    do {
      bytes[size++] = (byte) ('0' + rest / part);
      rest %= part;
      part /= 10;
    } while (rest != 0);
  }

  void number(BigDecimal value) {
    ascii(value.toString());
  }

  private void quoted(String text) {
    raw('"');
    ascii(text);
    raw('"');
  }

  @SuppressWarnings("deprecation") // the text is ASCII: one byte for each character
  private void ascii(String text) {
    int length = text.length();
    room(length);
    text.getBytes(0, length, bytes, size);
    size += length;
  }

  void base64(byte[] value) {
    raw('"');
    raw(Base64.getEncoder().encode(value));
    raw('"');
  }

  /** The name of a member and a colon. The same ones come again and again. */
  void name(String name) {
    int slot = name.hashCode() & (NAMES - 1);
    if (name.equals(names[slot])) {
      raw(written[slot]);
      return;
    }
    int before = size;
    string(name);
    raw(':');
    if (size - before <= LONGEST_NAME) {
      names[slot] = name;
      written[slot] = Arrays.copyOfRange(bytes, before, size);
    }
  }

  /** A string in quotes, escaped. */
  void string(String text) {
    int length = text.length();
    room(length + 2);
    char[] from = chars(length);
    text.getChars(0, length, from, 0);
    byte[] to = bytes;
    int begin = size + 1;
    to[size] = '"';
    for (int i = 0; i < length; i++) {
      char c = from[i];
      if (c >= 128 || ESCAPES[c] != 0) {
        size = begin + i;
        escaped(from, i, length);
        return;
      }
      to[begin + i] = (byte) c;
    }
    to[begin + length] = '"';
    size = begin + length + 1;
  }

  private char[] chars(int length) {
    if (chars.length < length) {
      chars = new char[Math.max(length, chars.length * 2)];
    }
    return chars;
  }

  private void escaped(char[] text, int from, int end) {
    for (int i = from; i < end; i++) {
      room(6);
      char c = text[i];
      if (c < 128) single(c);
      else if (c < 0x800) two(c);
      else if (Character.isSurrogate(c)) code(c);
      else three(c);
    }
    raw('"');
  }

  private void single(char c) {
    byte escape = ESCAPES[c];
    if (escape == 0) {
      bytes[size++] = (byte) c;
    } else if (escape == 'u') {
      code(c);
    } else {
      bytes[size++] = '\\';
      bytes[size++] = escape;
    }
  }

  private void two(char c) {
    bytes[size++] = (byte) (0xc0 | (c >> 6));
    bytes[size++] = (byte) (0x80 | (c & 0x3f));
  }

  private void three(char c) {
    bytes[size++] = (byte) (0xe0 | (c >> 12));
    bytes[size++] = (byte) (0x80 | ((c >> 6) & 0x3f));
    bytes[size++] = (byte) (0x80 | (c & 0x3f));
  }

  private void code(char c) {
    bytes[size++] = '\\';
    bytes[size++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[size++] = HEX[(c >> shift) & 0xf];
    }
  }
}
