package dev.millrace.worker.keys;

import dev.millrace.worker.keys.SettingsException.Problem;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;

/** Finds everything that is wrong with a worker's settings. Stateless. */
public final class SettingsCheck {

  private SettingsCheck() {}

  /**
   * Checks every key of the definition.
   *
   * @param settings placeholders resolved
   * @param secret keys whose values came from placeholders and are not shown
   * @throws SettingsException naming all that is missing or wrong
   */
  public static void require(
      ConfigDef definition, Map<String, String> settings, Set<String> secret) {
    var problems =
        definition.configKeys().values().stream()
            .flatMap(key -> problem(key, settings, secret.contains(key.name)).stream())
            .toList();
    if (!problems.isEmpty()) throw new SettingsException(problems);
  }

  private static List<Problem> problem(
      ConfigKey key, Map<String, String> settings, boolean secret) {
    String given = settings.get(key.name);
    if (given == null) {
      return key.defaultValue == ConfigDef.NO_DEFAULT_VALUE
          ? List.of(new Problem(key.name, missing(key)))
          : List.of();
    }
    try {
      Object value = ConfigDef.parseType(key.name, given, key.type);
      if (key.validator != null) key.validator.ensureValid(key.name, once(value));
      return List.of();
    } catch (ConfigException e) {
      boolean shown = !secret && key.type != ConfigDef.Type.PASSWORD;
      return List.of(new Problem(key.name, wrong(key, shown ? given : "", e)));
    }
  }

  /** What is listed twice counts once, as in Kafka's own parsing. */
  private static Object once(Object value) {
    return value instanceof List<?> list ? List.copyOf(new LinkedHashSet<>(list)) : value;
  }

  private static String missing(ConfigKey key) {
    return "The setting %s is required: %s".formatted(key.name, lowerFirst(key.documentation));
  }

  private static String lowerFirst(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + text.substring(1);
  }

  private static String wrong(ConfigKey key, String shown, ConfigException e) {
    String value = shown.isEmpty() ? "its value" : "\"" + shorten(shown) + "\"";
    String rule = key.validator == null ? "" : ", " + key.validator;
    String why = shown.isEmpty() ? "" : " (" + shorten(String.valueOf(e.getMessage())) + ")";
    return "The setting %s cannot be %s: it is of type %s%s%s"
        .formatted(
            key.name, value, key.type.toString().toLowerCase(java.util.Locale.ROOT), rule, why);
  }

  private static final int SHOWN = 200;

  private static String shorten(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
  }

  /** Keys of which a value has a placeholder of one of these providers. */
  public static Set<String> withPlaceholders(Map<String, String> settings, List<String> providers) {
    if (providers.isEmpty()) return Set.of();
    return settings.entrySet().stream()
        .filter(e -> providers.stream().anyMatch(p -> e.getValue().contains("${" + p + ":")))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(HashSet::new));
  }
}
