package dev.millrace.plugins;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The known name nearest to a mistyped one. Pure. */
public final class Nearest {

  private record Candidate(String name, int distance) {}

  private Nearest() {}

  /** The nearest class or alias of a plugin. */
  static Optional<String> plugin(String wrong, Collection<PluginDescriptor> known) {
    return of(
        wrong,
        known.stream()
            .flatMap(p -> Stream.concat(Stream.of(p.className()), Aliases.of(p).stream()))
            .collect(Collectors.toSet()));
  }

  /** Empty where nothing is near: more than a third of the letters differ. */
  public static Optional<String> of(String wrong, Collection<String> known) {
    return known.stream()
        .map(name -> new Candidate(name, distance(lower(wrong), lower(name))))
        .filter(c -> c.distance() <= Math.max(1, c.name().length() / 3))
        .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .map(Candidate::name);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** The number of letters to insert, delete or replace. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
