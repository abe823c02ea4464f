package dev.millrace.reference;

import java.util.HashMap;
import java.util.Map;

/**
 * A configuration to be validated.
 *
 * @param label what is special about it
 * @param plugin the name in the path
 * @param config the body; values may be null
 */
record ValidationCase(String label, String plugin, Map<String, String> config) {

  static final Map<String, String> SOURCE =
      Map.of("name", "s", "connector.class", "CheckedSource", "place", "x");
  static final Map<String, String> SINK =
      Map.of("name", "s", "connector.class", "CheckedSink", "field", "x", "topics", "a,b");

  private static final String ABSENT = "\0absent";

  /** Stands for a key that is taken out of what is right otherwise. */
  static String absent() {
    return ABSENT;
  }

  /** A right configuration of a source with changes. */
  static ValidationCase source(String... changes) {
    return of("CheckedSource", SOURCE, changes);
  }

  /** A right configuration of a sink with changes. */
  static ValidationCase sink(String... changes) {
    return of("CheckedSink", SINK, changes);
  }

  /** A right configuration with changes: keys and values by turns. */
  static ValidationCase of(String plugin, Map<String, String> right, String... changes) {
    var config = new HashMap<>(right);
    var label = new StringBuilder(plugin);
    for (int i = 0; i < changes.length; i += 2) {
      config.put(changes[i], changes[i + 1]);
      label.append(' ').append(changes[i]).append('=').append(changes[i + 1]);
    }
    config.values().removeIf(ABSENT::equals);
    return new ValidationCase(label.toString().replace(ABSENT, "(absent)"), plugin, config);
  }

  @Override
  public String toString() {
    return label;
  }
}
