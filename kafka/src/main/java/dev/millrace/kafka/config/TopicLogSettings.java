package dev.millrace.kafka.config;

import dev.millrace.kafka.TopicSpec;
import java.util.Map;

/**
 * The config topic and the clients that use it.
 *
 * @param topic the topic, which must have one partition and be compacted
 * @param producer settings of the transactional producer
 * @param consumer settings of the reader
 * @param admin settings of the client that creates and checks the topic
 */
public record TopicLogSettings(
    TopicSpec topic,
    Map<String, Object> producer,
    Map<String, Object> consumer,
    Map<String, Object> admin) {

  public TopicLogSettings {
    producer = Map.copyOf(producer);
    consumer = Map.copyOf(consumer);
    admin = Map.copyOf(admin);
  }
}
