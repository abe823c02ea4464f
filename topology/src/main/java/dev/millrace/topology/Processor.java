package dev.millrace.topology;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A stage that reads topics and writes one, by SQL or by a connector of its own.
 *
 * @param name see {@link Stage#name()}
 * @param connector see {@link Stage#connector()}
 * @param inputs the names in FROM and JOIN of its SQL, or its {@code from}
 * @param topic what it writes; the stage's name unless the file says otherwise
 * @param parallelism see {@link Stage#parallelism()}
 * @param config see {@link Stage#config()}; holds the SQL under {@code sql}
 * @param places see {@link Stage#places()}
 */
public record Processor(
    String name,
    ConnectorRef connector,
    List<Input> inputs,
    String topic,
    int parallelism,
    Map<String, String> config,
    Places places)
    implements Stage {

  /** Copies the collections. */
  public Processor {
    inputs = List.copyOf(inputs);
    config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
  }

  @Override
  public StageKind kind() {
    return StageKind.PROCESSOR;
  }

  @Override
  public List<String> topics() {
    return List.of(topic);
  }
}
