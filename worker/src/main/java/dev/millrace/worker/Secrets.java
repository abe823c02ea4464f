package dev.millrace.worker;

import dev.millrace.engine.Traces;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigTransformer;

/**
 * What the placeholders of a configuration stood for when it was resolved, and how to take these
 * values out of what others may see. Immutable.
 */
final class Secrets {

  static final Secrets NONE = new Secrets(Map.of());

  /** Shorter values occur by chance, such as a port or {@code true}; they are left as they are. */
  private static final int SHORTEST_ALONE = 4;

  private static final int SHORTEST_WITHIN = 8;
  private static final Pattern COMMON = Pattern.compile("(?i)-?[0-9.]+|true|false|none|null");

  private final Map<String, String> values;

  private Secrets(Map<String, String> values) {
    this.values = values;
  }

  /**
   * The value of each placeholder; those that resolved to nothing or to themselves do not count.
   */
  static Secrets of(Map<String, String> valuesByPlaceholder) {
    var known = new TreeMap<>(valuesByPlaceholder);
    known.entrySet().removeIf(e -> e.getValue() == null || e.getValue().equals(e.getKey()));
    return new Secrets(known);
  }

  /** These and the others, which win. */
  Secrets and(Secrets others) {
    var all = new TreeMap<>(values);
    all.putAll(others.values);
    return new Secrets(all);
  }

  /** The text, with placeholders where it tells their values. */
  String hiddenIn(String text) {
    return hidden(text, longestFirst(SHORTEST_ALONE));
  }

  /** Only what lies between its places is searched for the next secret: placeholders are not. */
  private static String hidden(String text, List<Map.Entry<String, String>> secrets) {
    if (secrets.isEmpty()) return text;
    var longest = secrets.getFirst();
    var others = secrets.subList(1, secrets.size());
    var between = text.split(Pattern.quote(longest.getValue()), -1);
    Arrays.setAll(between, i -> hidden(between[i], others));
    return String.join(longest.getKey(), between);
  }

  /** An error's stack trace, likewise. */
  String hiddenTrace(Throwable error) {
    return hiddenIn(Traces.of(error));
  }

  /**
   * A task's configuration as it may be published. A setting that the connector's configuration has
   * with a placeholder becomes that again (compat: connector config §10). So does any other value
   * that is a secret, or holds one of eight characters or more.
   */
  Map<String, String> hiddenIn(Map<String, String> task, Map<String, String> rawConnector) {
    var published = new HashMap<>(task);
    published.replaceAll((key, value) -> value == null ? null : hidden(rawConnector, key, value));
    return published;
  }

  private String hidden(Map<String, String> rawConnector, String key, String value) {
    String raw = rawConnector.get(key);
    if (raw != null && ConfigTransformer.DEFAULT_PATTERN.matcher(raw).find()) return raw;
    return alone(value).orElseGet(() -> hidden(value, longestFirst(SHORTEST_WITHIN)));
  }

  private Optional<String> alone(String value) {
    return longestFirst(SHORTEST_ALONE).stream()
        .filter(secret -> secret.getValue().equals(value))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private List<Map.Entry<String, String>> longestFirst(int shortest) {
    return values.entrySet().stream()
        .filter(secret -> secret.getValue().length() >= shortest)
        .filter(secret -> !COMMON.matcher(secret.getValue()).matches())
        .sorted(
            Comparator.comparing((Map.Entry<String, String> secret) -> -secret.getValue().length()))
        .toList();
  }
}
