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

  private final String[] names = new String[NAMES];
  private final byte[][] written = new byte[NAMES][];

  private byte[] bytes = new byte[BEGIN];
  private int size;

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

  /** Begins anew. */
  void clear() {
    size = 0;
    if (bytes.length > KEPT) bytes = new byte[BEGIN];
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
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
    long rest = positive;
    if (negative) {
      bytes[size++] = '-';
    }
    int at = size + digits(rest);
    size = at;
    do {
      long tenth = rest / 10;
      bytes[--at] = (byte) ('0' + (rest - tenth * 10));
      rest = tenth;
    } while (rest != 0);
  }

  private static int digits(long value) {
    int count = 1;
    for (long bound = 10; count < 19 && value >= bound; bound *= 10) count++;
    return count;
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
    byte[] to = bytes;
    int at = size;
    to[at++] = '"';
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 128 || ESCAPES[c] != 0) {
        size = at;
        escaped(text, i);
        return;
      }
      to[at++] = (byte) c;
    }
    to[at++] = '"';
    size = at;
  }

  private void escaped(String text, int from) {
    int length = text.length();
    for (int i = from; i < length; i++) {
      room(6);
      char c = text.charAt(i);
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
