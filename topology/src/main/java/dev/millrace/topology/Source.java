package dev.millrace.topology;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A stage that brings data into topics.
 *
 * @param name see {@link Stage#name()}
 * @param connector see {@link Stage#connector()}
 * @param topics what it declares to write; empty if its connector alone knows
 * @param parallelism see {@link Stage#parallelism()}
 * @param config see {@link Stage#config()}
 * @param places see {@link Stage#places()}
 */
public record Source(
    String name,
    ConnectorRef connector,
    List<String> topics,
    int parallelism,
    Map<String, String> config,
    Places places)
    implements Stage {

  /** Copies the collections. */
  public Source {
    topics = List.copyOf(topics);
    config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
  }

  @Override
  public StageKind kind() {
    return StageKind.SOURCE;
  }

  @Override
  public List<Input> inputs() {
    return List.of();
  }
}
