package dev.millrace.topology;

import java.util.List;
import java.util.Optional;

/** Which connectors there are and what they are called; implemented by who knows the plugins. */
public interface ConnectorNames {

  /**
   * The class an alias stands for in a kind of stage ({@code jdbc} is one class as a source and
   * another as a sink). Also answers class names and Kafka Connect's simple names it knows. Empty
   * when there is none, or when the alias does not decide among several.
   */
  Optional<String> className(StageKind kind, String alias);

  /** All classes an alias may stand for; with just one, that is {@link #className}. */
  List<String> classNames(StageKind kind, String alias);

  /** The aliases there are for a kind, for the nearest match. */
  List<String> known(StageKind kind);
}
