package dev.millrace.worker.offsets;

import dev.millrace.worker.offsets.OffsetAdmin.Position;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** The positions of sinks: topic partitions and offsets, and their form in JSON. Pure. */
final class SinkPositions {

  private static final String TOPIC = "kafka_topic";
  private static final String PARTITION = "kafka_partition";
  private static final String OFFSET = "kafka_offset";

  private SinkPositions() {}

  static Position of(TopicPartition partition, long offset) {
    var where = new LinkedHashMap<String, Object>();
    where.put(TOPIC, partition.topic());
    where.put(PARTITION, partition.partition());
    return new Position(where, Map.of(OFFSET, offset));
  }

  /** Offset by partition; a {@code null} offset resets. */
  static Map<TopicPartition, Long> parse(List<Position> positions) {
    var parsed = new LinkedHashMap<TopicPartition, Long>();
    positions.forEach(p -> parsed.put(partition(p.partition()), offset(p.offset())));
    return parsed;
  }

  private static TopicPartition partition(Map<String, ?> given) {
    if (given == null) {
      throw OffsetException.badRequest(
          "The partition for a sink connector offset cannot be null or missing");
    }
    if (!given.containsKey(TOPIC) || !given.containsKey(PARTITION)) {
      throw OffsetException.badRequest(
          "The partition for a sink connector offset must contain the keys '%s' and '%s'"
              .formatted(TOPIC, PARTITION));
    }
    if (given.get(TOPIC) == null) {
      throw OffsetException.badRequest(
          "Kafka topic names must be valid strings and may not be null");
    }
    if (given.get(PARTITION) == null) {
      throw OffsetException.badRequest(
          "Kafka partitions must be valid numbers and may not be null");
    }
    return new TopicPartition(given.get(TOPIC).toString(), number(given.get(PARTITION)));
  }

  private static int number(Object partition) {
    try {
      return Integer.parseInt(partition.toString());
    } catch (NumberFormatException e) {
      throw new OffsetException(
          OffsetException.Kind.BAD_REQUEST,
          ("Failed to parse the following Kafka partition value in the provided offsets: '%s'."
                  + " Partition values for sink connectors need to be integers.")
              .formatted(partition),
          e);
    }
  }

  private static Long offset(Map<String, ?> given) {
    if (given == null) return null;
    if (!given.containsKey(OFFSET)) {
      throw OffsetException.badRequest(
          "The offset for a sink connector should either be null or contain the key '%s'"
              .formatted(OFFSET));
    }
    var value = given.get(OFFSET);
    try {
      return Long.parseLong(String.valueOf(value));
    } catch (NumberFormatException e) {
      throw new OffsetException(
          OffsetException.Kind.BAD_REQUEST,
          ("Failed to parse the following Kafka offset value in the provided offsets: '%s'."
                  + " Offset values for sink connectors need to be integers.")
              .formatted(value),
          e);
    }
  }
}
