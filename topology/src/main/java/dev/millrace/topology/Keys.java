package dev.millrace.topology;

import dev.millrace.topology.yaml.YamlMap;
import dev.millrace.topology.yaml.YamlNode;
import dev.millrace.topology.yaml.YamlScalar;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a reader of YAML maps needs again and again. Stateless. */
final class Keys {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");
  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

  private Keys() {}

  static void reportRepeated(YamlMap map, Problems problems) {
    for (YamlMap.Entry repeated : map.repeated()) {
      if (problems.isFull()) {
        return;
      }
      int first = map.entry(repeated.name()).map(entry -> entry.key().position().line()).orElse(0);
      problems.add(
          repeated.key().position(),
          "duplicate key \"%s\", first on line %d".formatted(repeated.name(), first));
    }
  }

  /** The text of a value that has to be one; else a problem. */
  static Optional<String> text(YamlMap.Entry entry, Problems problems) {
    YamlNode value = entry.value();
    if (value instanceof YamlScalar scalar && !scalar.isNothing() && !scalar.text().isBlank()) {
      return Optional.of(scalar.text());
    }
    boolean nothing = value instanceof YamlScalar;
    problems.add(
        entry.key().position(),
        "\"%s\" %s".formatted(entry.name(), nothing ? "has no value" : "has to be a text"),
        nothing ? "write one after the colon" : "write one text, not a list or map");
    return Optional.empty();
  }

  /** Checks the name of a topology or stage. */
  static void checkName(YamlScalar name, String what, Problems problems) {
    if (!NAME.matcher(name.text()).matches()) {
      problems.add(
          name.position(),
          "\"%s\" cannot be the name of a %s".formatted(name.text(), what),
          "use up to 100 letters, digits, - and _, starting with a letter or digit");
    }
  }

  /** Checks the name of a topic; one with a placeholder is known only when it runs. */
  static void checkTopic(String topic, YamlNode at, Problems problems) {
    boolean legal = TOPIC.matcher(topic).matches() && !topic.equals(".") && !topic.equals("..");
    if (!legal && !topic.contains("${")) {
      problems.add(
          at.position(),
          "\"%s\" cannot be the name of a topic".formatted(topic),
          "use up to 249 letters, digits, . - and _");
    }
  }
}
