package dev.millrace.formats.json;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Reads one JSON text from its beginning. Whatever is not plain, and all that is wrong, ends in a
 * RuntimeException: {@link Unusual}, or that of reading beyond the end. Owned by one thread.
 */
final class Input {

  /** More digits than these may not fit a long. */
  private static final int MOST_DIGITS = 18;

  private static final int MOST_NUMBER = 64;
  private static final int MOST_EXPONENT = 3;
  private static final int MOST_NAME = 10_000;

  /** Whole numbers up to this have a double of their own. */
  private static final long EXACT = 1L << 53;

  private static final Expected NULL = new Expected(Ascii.of("null"));
  private static final Expected TRUE = new Expected(Ascii.of("true"));
  private static final Expected FALSE = new Expected(Ascii.of("false"));

  /** What a number is multiplied with when so many digits follow. */
  private static final long[] TENS = new long[Long.BYTES + 1];

  private static final double[] POWERS = new double[23];

  static {
    TENS[0] = 1;
    for (int i = 1; i < TENS.length; i++) TENS[i] = TENS[i - 1] * 10;
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) POWERS[i] = POWERS[i - 1] * 10; // exact up to 10^22
  }

  private final byte[] text;
  private final Names names;
  private int at;

  /** The name read last. */
  private Names.Known lastName;

  /** Where the digits read last end. */
  private int digitsEnd;

  /** Of the number read last: where it is, its digits as a whole, and how many are a fraction. */
  private int numberBegin;

  private long digits;
  private int digitCount;
  private int fraction;
  private boolean exponent;

  Input(byte[] text, Names names) {
    this.text = text;
    this.names = names;
    this.lastName = names.beginning();
  }

  int position() {
    return at;
  }

  void position(int position) {
    at = position;
  }

  byte[] text() {
    return text;
  }

  /** The next byte that is not white space; it is not passed. */
  byte peek() {
    byte next = text[at];
    while (next <= ' ' && white(next)) next = text[++at];
    return next;
  }

  private static boolean white(byte b) {
    return b == ' ' || b == '\n' || b == '\t' || b == '\r';
  }

  /** Passes a byte, and white space before it, if it comes next. */
  boolean passed(char wanted) {
    if (peek() != wanted) return false;
    at++;
    return true;
  }

  /** Passes a byte that has to come next. */
  void pass(char wanted) {
    if (!passed(wanted)) throw new Unusual();
  }

  /** Passes the comma, or the closing sign. */
  boolean more(char close) {
    if (passed(',')) return true;
    pass(close);
    return false;
  }

  /** Passes these bytes if they come next. */
  boolean passed(byte[] wanted) {
    int end = at + wanted.length;
    if (end > text.length || !Arrays.equals(text, at, end, wanted, 0, wanted.length)) return false;
    at = end;
    return true;
  }

  /** Passes these bytes, which are short, if they come next. */
  boolean passed(Expected wanted) {
    if (!wanted.at(text, at)) return false;
    at += wanted.length();
    return true;
  }

  /** Passes one of two words, by its first letter. */
  boolean truth() {
    boolean truth = peek() == 't';
    if (!passed(truth ? TRUE : FALSE)) throw new Unusual();
    return truth;
  }

  /** Passes a null. */
  void nothing() {
    if (!passed(NULL)) throw new Unusual();
  }

  /** Passes a word that has to come next. */
  void word(byte[] word) {
    if (!passed(word)) throw new Unusual();
  }

  /** That nothing more comes. */
  void end() {
    for (int i = at; i < text.length; i++) {
      if (!white(text[i])) throw new Unusual();
    }
  }

  /** A member's name, its colon passed too. */
  String name() {
    if (peek() != '"') throw new Unusual();
    Names.Known guess = names.guess(lastName);
    if (guess != null && passed(guess.text())) {
      lastName = guess;
      pass(':');
      return guess.name();
    }
    int begin = at + 1;
    int i = begin;
    int hash = 0;
    byte each = text[i];
    while (each != '"') {
      if (each < ' ' || each == '\\') return otherName();
      hash = hash * 31 + each;
      each = text[++i];
    }
    if (i - begin > MOST_NAME) throw new Unusual();
    at = i + 1;
    pass(':');
    lastName = names.of(text, begin, i, hash, lastName);
    return lastName.name();
  }

  /** The name of the next member, its colon passed too; null at the end of the object. */
  String nextName() {
    Names.Known guess = names.guess(lastName);
    if (guess != null && passed(guess.following())) {
      lastName = guess;
      return guess.name();
    }
    return more('}') ? name() : null;
  }

  /** A name with more than ASCII, or with escapes. */
  private String otherName() {
    int begin = at;
    String name = string();
    if (at - begin > MOST_NAME || surrogates(name)) throw new Unusual();
    pass(':');
    return name;
  }

  /** Whether a name has characters whose escapes the original may refuse in names. */
  static boolean surrogates(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (Character.isSurrogate(name.charAt(i))) return true;
    }
    return false;
  }

  /** A string in quotes. */
  String string() {
    pass('"');
    int begin = at;
    int i = plainUntil(begin);
    byte each = text[i];
    if (each == '"') {
      at = i + 1;
      return Ascii.text(text, begin, i);
    }
    while (each != '"') {
      if (each >= 0 && each < ' ') throw new Unusual();
      if (each == '\\') return escaped(begin, i);
      each = text[++i];
    }
    at = i + 1;
    return wide(begin, i);
  }

  /** The first byte from here that does not simply stand for itself, or that is near the end. */
  private int plainUntil(int from) {
    int i = from;
    while (i + Long.BYTES <= text.length) {
      int plain = Ascii.plain(Ascii.eight(text, i));
      i += plain;
      if (plain < Long.BYTES) return i;
    }
    while (text[i] >= ' ' && text[i] != '"' && text[i] != '\\') i++;
    return i;
  }

  private String wide(int begin, int end) {
    String result = new String(text, begin, end - begin, StandardCharsets.UTF_8);
    if (result.indexOf('\uFFFD') >= 0) throw new Unusual(); // perhaps malformed
    return result;
  }

  private String escaped(int begin, int firstEscape) {
    var result = new StringBuilder();
    int from = begin;
    int i = firstEscape;
    while (text[i] != '"') {
      byte each = text[i];
      if (each >= 0 && each < ' ') throw new Unusual();
      if (each == '\\') {
        if (i > from) result.append(wide(from, i));
        at = i + 1;
        result.append(escape());
        from = at;
        i = at;
      } else {
        i++;
      }
    }
    if (i > from) result.append(wide(from, i));
    at = i + 1;
    return result.toString();
  }

  private char escape() {
    byte kind = text[at++];
    return switch (kind) {
      case '"', '\\', '/' -> (char) kind;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> code();
      default -> throw new Unusual();
    };
  }

  private char code() {
    int code = 0;
    for (int end = at + 4; at < end; at++) {
      byte each = text[at];
      int digit = each < 0 ? -1 : Character.digit(each, 16);
      if (digit < 0) throw new Unusual();
      code = code << 4 | digit;
    }
    return (char) code;
  }

  /** Bytes in base64, in quotes, of the strict form only. */
  byte[] base64() {
    pass('"');
    int begin = at;
    int i = begin;
    while (text[i] != '"') i++;
    if ((i - begin) % 4 != 0) throw new Unusual();
    at = i + 1;
    if (i == begin) return new byte[0];
    return Base64.getDecoder().decode(Arrays.copyOfRange(text, begin, i));
  }

  /** A whole number that fits. */
  long integer() {
    int first = peek() == '-' ? at + 1 : at;
    long sum = digits(first, 0);
    if (!wholeUntil(digitsEnd)) throw new Unusual();
    return integer(first, digitsEnd, sum);
  }

  /** Whether a number with digits up to here has neither fraction nor exponent. */
  private boolean wholeUntil(int end) {
    return end == text.length || (text[end] != '.' && (text[end] | 0x20) != 'e');
  }

  /** Passes a whole number of these digits, which may be too many. */
  private long integer(int first, int end, long sum) {
    boolean usual =
        end > first && end - first <= MOST_DIGITS && (text[first] != '0' || end == first + 1);
    if (!usual) throw new Unusual();
    boolean negative = first > at;
    at = end;
    return negative ? -sum : sum;
  }

  /** A whole number that fits an int, as the original demands of dates and times of day. */
  int smallInteger() {
    long value = integer();
    if (value != (int) value) throw new Unusual();
    return (int) value;
  }

  /**
   * The digits from here, behind those before them, as a whole, which is meaningless if there are
   * too many; they end at {@link #digitsEnd}. By eights: to look at each would cost a wrong guess
   * of the processor for each number.
   */
  private long digits(int from, long before) {
    long sum = before;
    int i = from;
    int count = Long.BYTES;
    while (count == Long.BYTES && i + Long.BYTES <= text.length) {
      long eight = Ascii.eight(text, i);
      count = Ascii.digits(eight);
      sum = sum * TENS[count] + Ascii.number(eight, count);
      i += count;
    }
    if (count == Long.BYTES) {
      while (i < text.length && digit(text[i])) sum = sum * 10 + (text[i++] - '0');
    }
    digitsEnd = i;
    return sum;
  }

  private static boolean digit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** A number of a schema that has a double; there is no negative zero in the original. */
  double fractional() {
    int first = peek() == '-' ? at + 1 : at;
    long whole = digits(first, 0);
    return fractional(first, digitsEnd, whole);
  }

  /** The same from its point on, behind these digits. */
  private double fractional(int first, int point, long before) {
    boolean pointed = point < text.length && text[point] == '.';
    long sum = pointed ? digits(point + 1, before) : before;
    int i = digitsEnd;
    int fraction = i - point - 1;
    boolean usual =
        fraction > 0
            && point > first
            && i - first <= MOST_DIGITS
            && sum <= EXACT
            && (text[first] != '0' || point == first + 1)
            && (i == text.length || (text[i] | 0x20) != 'e');
    if (!usual) return otherFractional();
    boolean negative = first > at;
    at = i;
    double size = sum / POWERS[fraction]; // both exact, so that the quotient is the nearest
    return size != 0 && negative ? -size : size;
  }

  private double otherFractional() {
    scan();
    return asDouble();
  }

  private double asDouble() {
    if (isWhole()) return whole();
    if (exponent) return new BigDecimal(numberText()).doubleValue();
    double parsed = Double.parseDouble(numberText());
    return parsed == 0 ? 0.0 : parsed;
  }

  /** A number of a schema that has a float. */
  float single() {
    scan();
    if (isWhole()) return whole();
    if (exponent) return new BigDecimal(numberText()).floatValue();
    float parsed = Float.parseFloat(numberText());
    return parsed == 0 ? 0.0f : parsed;
  }

  /** A number of a schema that has a decimal. */
  BigDecimal decimal() {
    scan();
    return isWhole() ? BigDecimal.valueOf(whole()) : new BigDecimal(numberText());
  }

  /** A number without a schema: a Long if it is whole, else a Double. */
  Object number() {
    int first = text[at] == '-' ? at + 1 : at; // nothing blank is before it
    long whole = digits(first, 0);
    int end = digitsEnd;
    return wholeUntil(end) ? (Object) integer(first, end, whole) : fractional(first, end, whole);
  }

  /** Whether the number read last has neither fraction nor exponent. */
  private boolean isWhole() {
    return fraction == 0 && !exponent;
  }

  /** The number read last, which has to fit. */
  private long whole() {
    if (digitCount > MOST_DIGITS) throw new Unusual();
    return text[numberBegin] == '-' ? -digits : digits;
  }

  private String numberText() {
    return Ascii.text(text, numberBegin, at);
  }

  private void scan() {
    peek();
    numberBegin = at;
    digits = 0;
    digitCount = 0;
    fraction = 0;
    exponent = false;
    if (text[at] == '-') at++;
    int first = at;
    digits();
    if (at == first || (text[first] == '0' && at > first + 1)) throw new Unusual();
    if (at < text.length && text[at] == '.') {
      int point = at++;
      digits();
      fraction = at - point - 1;
      if (fraction == 0) throw new Unusual();
    }
    if (at < text.length && (text[at] | 0x20) == 'e') exponent();
    if (at - numberBegin > MOST_NUMBER) throw new Unusual();
  }

  private void digits() {
    digits = digits(at, digits);
    digitCount += digitsEnd - at;
    at = digitsEnd;
  }

  private void exponent() {
    exponent = true;
    at++;
    if (text[at] == '+' || text[at] == '-') at++;
    int begin = at;
    while (at < text.length && digit(text[at])) at++;
    if (at == begin || at - begin > MOST_EXPONENT) throw new Unusual();
  }

  /** Passes an object of which only braces and strings are looked at. */
  void skipObject() {
    pass('{');
    int depth = 1;
    while (depth > 0) {
      switch (text[at++]) {
        case '{' -> depth++;
        case '}' -> depth--;
        case '"' -> skipString();
        default -> {}
      }
    }
  }

  private void skipString() {
    while (text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    at++;
  }
}
