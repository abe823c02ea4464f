package dev.millrace.formats.json;

import java.util.Arrays;

/**
 * Names of members that were read lately, so that they need not be made again. Small and bounded.
 * Thread-safe: what is shared is immutable, or a guess that is checked, and what is lost is only
 * made again.
 */
final class Names {

  private static final int MOST = 256;
  private static final int LONGEST = 64;

  /** A name that was read, and a guess at the one behind it. */
  static final class Known {
    private final byte[] bytes;
    private final Expected text;
    private final Expected following;
    private final String name;

    /** Place of the name that came behind it the last time. */
    private int next;

    Known(byte[] bytes, String name) {
      this.bytes = bytes;
      this.name = name;
      this.text = between("\"", bytes, "\"");
      this.following = between(",\"", bytes, "\":");
    }

    private static Expected between(String before, byte[] bytes, String behind) {
      byte[] all = new byte[before.length() + bytes.length + behind.length()];
      System.arraycopy(Ascii.of(before), 0, all, 0, before.length());
      System.arraycopy(bytes, 0, all, before.length(), bytes.length);
      System.arraycopy(Ascii.of(behind), 0, all, all.length - behind.length(), behind.length());
      return new Expected(all);
    }

    /** In its quotes. */
    Expected text() {
      return text;
    }

    /** In its quotes, with the comma before and the colon behind it, without blanks. */
    Expected following() {
      return following;
    }

    String name() {
      return name;
    }

    private boolean is(byte[] text, int begin, int end) {
      return Arrays.equals(text, begin, end, bytes, 0, bytes.length);
    }
  }

  private final Known[] known = new Known[MOST];

  /** Before the first name of a text. */
  private final Known beginning = new Known(new byte[0], "");

  Known beginning() {
    return beginning;
  }

  /** What came behind this name the last time, or some other name; null if there is none. */
  Known guess(Known before) {
    return known[before.next];
  }

  /**
   * The name of these bytes, which are ASCII.
   *
   * @param hash of them
   * @param before the name before it
   */
  Known of(byte[] text, int begin, int end, int hash, Known before) {
    int place = (hash ^ hash >>> 8) & (MOST - 1);
    Known there = known[place];
    if (there == null || !there.is(text, begin, end)) {
      byte[] bytes = Arrays.copyOfRange(text, begin, end);
      there = new Known(bytes, Ascii.text(bytes, 0, bytes.length));
      if (bytes.length > LONGEST) return there;
      known[place] = there;
    }
    before.next = place;
    return there;
  }
}
