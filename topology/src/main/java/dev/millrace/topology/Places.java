package dev.millrace.topology;

import dev.millrace.topology.yaml.Position;
import dev.millrace.topology.yaml.YamlNode;
import dev.millrace.topology.yaml.YamlScalar;
import java.util.Map;
import java.util.Optional;

/**
 * Where a stage and its configuration stand in the file. Keys are those of the compiled
 * configuration: a friendly key is found under the key it stands for, a default under its place in
 * {@code settings}. Immutable.
 */
public final class Places {
  private final Position stage;
  private final Map<String, Given> givens;

  Places(Position stage, Map<String, Given> givens) {
    this.stage = stage;
    this.givens = Map.copyOf(givens);
  }

  /** The stage's name. */
  public Position stage() {
    return stage;
  }

  /** The key as the user wrote it; nothing if Millrace adds this key by itself. */
  public Optional<Position> key(String key) {
    return Optional.ofNullable(givens.get(key)).map(Given::key);
  }

  /** The start of its value. */
  public Optional<Position> value(String key) {
    return Optional.ofNullable(givens.get(key)).map(given -> given.value().position());
  }

  /**
   * A place inside its value, for instance of an error in SQL; the start of the value if that is
   * not one scalar.
   *
   * @param line in the value, from 1
   * @param column in that line of the value, in Java characters, from 1
   */
  public Optional<Position> inside(String key, int line, int column) {
    return Optional.ofNullable(givens.get(key)).map(given -> inside(given.value(), line, column));
  }

  private static Position inside(YamlNode value, int line, int column) {
    return value instanceof YamlScalar scalar ? scalar.position(line, column) : value.position();
  }
}
