package dev.millrace.topology;

import dev.millrace.model.Nearest;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Checks a stage's configuration by its connector; implemented by who can load connectors. */
@FunctionalInterface
public interface StageChecker {

  /** A checker for who has no connectors at hand: finds nothing. */
  StageChecker NONE = (stage, kind, config) -> List.of();

  /**
   * Checks one stage. Must not throw: a connector that fails is a finding.
   *
   * @param stage the stage's name
   * @param kind its kind
   * @param connectorConfig the compiled configuration, placeholders unresolved
   */
  List<Finding> check(String stage, StageKind kind, Map<String, String> connectorConfig);

  /**
   * Something a connector says about its configuration.
   *
   * @param key the key of the compiled configuration; the empty text if it is about none
   * @param message what is wrong
   * @param hint how to mend it, or the empty text
   * @param unknownKey whether the connector does not know this key. Such findings are dropped for
   *     keys the user did not write, and for {@code topic} and {@code topics} of sources, which the
   *     graph needs.
   * @param line the line inside the value (of SQL), from 1; 0 if the finding is about the whole
   *     value
   * @param column the column in that line, in Java characters, from 1; 0 as for line
   */
  record Finding(
      String key, String message, String hint, boolean unknownKey, int line, int column) {

    /** The value of a key is wrong. */
    public static Finding of(String key, String message) {
      return new Finding(key, message, "", false, 0, 0);
    }

    /** A place inside the value of a key is wrong. */
    public static Finding at(String key, int line, int column, String message) {
      return new Finding(key, message, "", false, line, column);
    }

    /** The connector does not know this key; the hint is the nearest it knows. */
    public static Finding unknown(String key, Collection<String> knownKeys) {
      return new Finding(
          key, "unknown key \"%s\"".formatted(key), Nearest.hint(key, knownKeys), true, 0, 0);
    }
  }
}
