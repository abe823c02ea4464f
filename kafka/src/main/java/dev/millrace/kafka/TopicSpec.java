package dev.millrace.kafka;

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
}
