package dev.millrace.topology;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A stage that takes data out of topics.
 *
 * @param name see {@link Stage#name()}
 * @param connector see {@link Stage#connector()}
 * @param inputs its {@code from}, or its {@code topics} as Kafka Connect writes it; empty with
 *     {@code topics.regex}
 * @param parallelism see {@link Stage#parallelism()}
 * @param config see {@link Stage#config()}
 * @param places see {@link Stage#places()}
 */
public record Sink(
    String name,
    ConnectorRef connector,
    List<Input> inputs,
    int parallelism,
    Map<String, String> config,
    Places places)
    implements Stage {

  /** Copies the collections. */
  public Sink {
    inputs = List.copyOf(inputs);
    config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
  }

  @Override
  public StageKind kind() {
    return StageKind.SINK;
  }

  @Override
  public List<String> topics() {
    return List.of();
  }
}
