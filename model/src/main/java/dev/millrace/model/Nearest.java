package dev.millrace.model;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody probably meant. Stateless. */
public final class Nearest {
  private static final int VERY_SHORT = 2;
  private static final int SHORT = 4;
  private static final int LONGEST = 80;

  private Nearest() {}

  /**
   * The candidate nearest to a word: at most two letters added, left out, replaced or swapped; one
   * if the word has three or four letters; none if it has fewer. Case does not count. The first of
   * equally near ones.
   */
  public static Optional<String> match(String word, Collection<String> candidates) {
    int best = allowed(word) + 1;
    Optional<String> nearest = Optional.empty();
    for (String candidate : candidates) {
      int distance = distance(word, candidate, best);
      if (distance < best) {
        best = distance;
        nearest = Optional.of(candidate);
      }
    }
    return nearest;
  }

  /** {@code did you mean "x"?}, or the empty text. */
  public static String hint(String word, Collection<String> candidates) {
    return match(word, candidates).map("did you mean \"%s\"?"::formatted).orElse("");
  }

  private static int allowed(String word) {
    if (word.length() <= VERY_SHORT) {
      return 0;
    }
    return word.length() <= SHORT ? 1 : 2;
  }

  private static int distance(String left, String right, int limit) {
    boolean apart = Math.abs(left.length() - right.length()) >= limit;
    if (apart || left.length() > LONGEST || right.length() > LONGEST) {
      return limit;
    }
    return distance(left.toLowerCase(Locale.ROOT), right.toLowerCase(Locale.ROOT));
  }

  /** Optimal string alignment. */
  private static int distance(String left, String right) {
    int[] beforeLast = new int[right.length() + 1];
    int[] last = new int[right.length() + 1];
    int[] row = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        boolean same = left.charAt(i - 1) == right.charAt(j - 1);
        row[j] = Math.min(Math.min(last[j], row[j - 1]) + 1, last[j - 1] + (same ? 0 : 1));
        if (isSwap(left, i, right, j)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
    }
    return row[right.length()];
  }

  private static boolean isSwap(String left, int i, String right, int j) {
    return i > 1
        && j > 1
        && left.charAt(i - 1) == right.charAt(j - 2)
        && left.charAt(i - 2) == right.charAt(j - 1);
  }
}
