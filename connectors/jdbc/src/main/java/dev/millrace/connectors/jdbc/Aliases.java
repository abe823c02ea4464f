package dev.millrace.connectors.jdbc;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One setting under several names: ours and those of other JDBC connectors. Immutable.
 *
 * @param names our name → the other names, in the order in which they are documented
 */
record Aliases(Map<String, List<String>> names) {
  private static final List<String> FOREIGN = List.of("io.confluent.", "io.aiven.");

  Aliases {
    names = new LinkedHashMap<>(names);
  }

  /** The configuration under our names only; a name of ours wins over the same under another. */
  Map<String, String> resolve(Map<String, String> properties) {
    Map<String, String> resolved = new HashMap<>(properties);
    names.forEach(
        (name, others) ->
            others.forEach(
                other -> {
                  String value = resolved.remove(other);
                  if (value != null && !value.isBlank()) {
                    resolved.merge(name, value, (ours, theirs) -> ours.isBlank() ? theirs : ours);
                  }
                }));
    return resolved;
  }

  /**
   * True when the configuration was written for another product's connector, which then keeps that
   * product's defaults where they differ in meaning.
   */
  static boolean isForeign(Map<String, String> properties) {
    String type = properties.getOrDefault("connector.class", "");
    return FOREIGN.stream().anyMatch(type::startsWith);
  }
}
