package dev.millrace.cli.demo;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the ids of the rows in a topic, as a reader of committed records sees it. Stateless. */
public final class TopicIds {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final JsonPointer ID = JsonPointer.compile("/payload/id");
  private static final JsonMapper JSON = new JsonMapper();

  private TopicIds() {}

  /**
   * All ids that are in the topic now.
   *
   * @throws DemoException when the topic cannot be read to its end, or a record is none of ours
   */
  public static Ids readAll(String bootstrapServers, String topic) {
    try (var consumer = consumer(bootstrapServers)) {
      List<TopicPartition> partitions = partitions(consumer, topic);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, DEADLINE);
      Ids ids = new Ids();
      Instant giveUp = Instant.now().plus(DEADLINE);
      while (!ends.entrySet().stream()
          .allMatch(e -> consumer.position(e.getKey()) >= e.getValue())) {
        var records = consumer.poll(POLL);
        records.forEach(record -> ids.add(id(record)));
        if (records.isEmpty()) {
          if (Instant.now().isAfter(giveUp)) {
            throw new DemoException("The topic " + topic + " cannot be read to its end", null);
          }
        } else {
          giveUp = Instant.now().plus(DEADLINE);
        }
      }
      return ids;
    } catch (KafkaException e) {
      throw new DemoException("The topic " + topic + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Counts the committed records of a topic, from its beginning, until told to end. A topic that
   * does not exist yet is waited for; a Kafka that is away too.
   */
  public static void follow(
      String bootstrapServers, String topic, AtomicLong count, BooleanSupplier end) {
    try (var consumer = consumer(bootstrapServers)) {
      List<TopicPartition> partitions = List.of();
      while (!end.getAsBoolean()) {
        if (partitions.isEmpty()) {
          partitions = partitions(consumer, topic);
          consumer.assign(partitions);
          consumer.seekToBeginning(partitions);
        }
        count.addAndGet(partitions.isEmpty() ? pause() : consumer.poll(POLL).count());
      }
    }
  }

  private static int pause() {
    java.util.concurrent.locks.LockSupport.parkNanos(POLL.toNanos());
    return 0;
  }

  private static List<TopicPartition> partitions(Consumer<?, ?> consumer, String topic) {
    var found = consumer.listTopics(DEADLINE).getOrDefault(topic, List.of());
    return found.stream().map(p -> new TopicPartition(topic, p.partition())).toList();
  }

  private static long id(ConsumerRecord<byte[], byte[]> record) {
    try {
      JsonNode id = JSON.readTree(record.value()).at(ID);
      if (id.isIntegralNumber()) {
        return id.longValue();
      }
    } catch (IOException | IllegalArgumentException e) {
      throw notOurs(record, e);
    }
    throw notOurs(record, null);
  }

  private static DemoException notOurs(ConsumerRecord<?, ?> record, Exception cause) {
    return new DemoException(
        "The record at offset %d of the topic %s has no payload.id"
            .formatted(record.offset(), record.topic()),
        cause);
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "isolation.level", "read_committed",
            "enable.auto.commit", "false",
            "allow.auto.create.topics", "false",
            "max.poll.records", "5000"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
