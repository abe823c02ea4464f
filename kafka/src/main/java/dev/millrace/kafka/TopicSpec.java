package dev.millrace.kafka;

import java.util.HashMap;
import java.util.Map;

/**
 * A topic to create.
 *
 * @param partitions -1 for the broker's default
 * @param replicationFactor -1 for the broker's default
 * @param settings topic settings
 */
public record TopicSpec(
    String name, int partitions, short replicationFactor, Map<String, String> settings) {

  /** Copies the settings. */
  public TopicSpec {
    settings = Map.copyOf(settings);
  }

  /** The same topic, compacted, whatever its settings say of that. */
  public TopicSpec compacted() {
    Map<String, String> all = new HashMap<>(settings);
    all.put("cleanup.policy", "compact");
    return new TopicSpec(name, partitions, replicationFactor, all);
  }
}
