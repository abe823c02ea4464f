package dev.millrace.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What an offset store needs.
 *
 * @param topic the offset topic and how it is created; always compacted
 * @param consumer with {@code isolation.level=read_committed} where offsets are written in
 *     transactions
 * @param times its limits
 */
public record OffsetStoreSettings(
    TopicSpec topic,
    Map<String, Object> producer,
    Map<String, Object> consumer,
    Map<String, Object> admin,
    Times times) {

  /**
   * The limits of an offset store.
   *
   * @param read the limit of one read
   * @param transactions how much longer a read waits for transactions that others have open in the
   *     topic: longer than any may last
   * @param idle how long clients and threads are kept without requests
   */
  public record Times(Duration read, Duration transactions, Duration idle) {}

  /** Makes the topic a compacted one. */
  public OffsetStoreSettings {
    Map<String, String> settings = new HashMap<>(topic.settings());
    settings.put("cleanup.policy", "compact");
    topic = new TopicSpec(topic.name(), topic.partitions(), topic.replicationFactor(), settings);
    producer = Map.copyOf(producer);
    consumer = Map.copyOf(consumer);
    admin = Map.copyOf(admin);
  }

  boolean readCommitted() {
    return "read_committed".equals(String.valueOf(consumer.get("isolation.level")));
  }
}
