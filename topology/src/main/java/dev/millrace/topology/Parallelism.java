package dev.millrace.topology;

import dev.millrace.topology.yaml.YamlMap;
import java.util.regex.Pattern;

/** Reads {@code parallelism}. Stateless. */
final class Parallelism {
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,3}");

  private Parallelism() {}

  /** The number of tasks; 1 beside a problem. */
  static int read(YamlMap.Entry entry, Problems problems) {
    return Keys.text(entry, problems).map(text -> number(text, entry, problems)).orElse(1);
  }

  private static int number(String text, YamlMap.Entry entry, Problems problems) {
    if (NUMBER.matcher(text).matches()) {
      return Integer.parseInt(text);
    }
    problems.add(
        entry.value().position(),
        "\"%s\" is no parallelism".formatted(text),
        "write a whole number from 1 to 9999");
    return 1;
  }
}
