package dev.millrace.worker.keys;

import java.util.Map;

/** How a worker works, which decides what its keys are. */
public enum WorkerMode {
  /** One process with a config log in its data directory: {@code millrace run}, embedders. */
  ALONE,
  /** Kafka Connect's distributed mode: configurations, offsets and statuses are in topics. */
  DISTRIBUTED,
  /** Kafka Connect's standalone mode: offsets are in a file, configurations in memory. */
  STANDALONE;

  /** By the keys that only one mode needs; those of the distributed mode count first. */
  public static WorkerMode of(Map<String, String> settings) {
    if (settings.containsKey("config.storage.topic")) return DISTRIBUTED;
    return settings.containsKey("offset.storage.file.filename") ? STANDALONE : ALONE;
  }
}
