package dev.millrace.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What a read-committed reader finds in a topic of visits.
 *
 * @param copies how many records there are of each row id
 */
record TopicAudit(TreeMap<Long, Integer> copies) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static TopicAudit of(String bootstrap, String topic) {
    var copies = new TreeMap<Long, Integer>();
    read(
        bootstrap,
        topic,
        record -> copies.merge(payload(record.value()).path("id").asLong(), 1, Integer::sum));
    return new TopicAudit(copies);
  }

  /** The newest committed {@code incrementing} offset in an offset topic; 0 when none. */
  static long sourceOffset(String bootstrap, String offsetTopic) {
    var newest = new HashMap<String, Long>();
    read(
        bootstrap,
        offsetTopic,
        record -> {
          var value = record.value() == null ? null : parse(record.value());
          newest.put(
              new String(record.key(), java.nio.charset.StandardCharsets.UTF_8),
              value == null ? 0L : value.path("incrementing").asLong());
        });
    return newest.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /** Writes the first record of a topic again. */
  static void repeatFirst(String bootstrap, String topic) throws Exception {
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    read(bootstrap, topic, records::add);
    var first = records.getFirst();
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap);
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, first.key(), first.value())).get();
    }
  }

  long lastId() {
    return copies.isEmpty() ? 0 : copies.lastKey();
  }

  Set<Long> missing(Set<Long> wanted) {
    var missing = new TreeSet<>(wanted);
    missing.removeAll(copies.keySet());
    return missing;
  }

  Set<Long> repeated() {
    return copies.entrySet().stream()
        .filter(e -> e.getValue() > 1)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void read(
      String bootstrap, String topic, Consumer<ConsumerRecord<byte[], byte[]>> receiver) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", bootstrap,
            "isolation.level", "read_committed",
            "allow.auto.create.topics", "false",
            "auto.offset.reset", "earliest",
            "enable.auto.commit", "false");
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic, Duration.ofSeconds(60)).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      if (partitions.isEmpty()) return; // there is no such topic yet
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions, Duration.ofSeconds(60));
      Await.until(
          "end of " + topic,
          Await.LONG,
          () -> {
            consumer.poll(Duration.ofMillis(200)).forEach(receiver);
            return ends.entrySet().stream()
                .allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
          },
          () -> ends);
    }
  }

  private static com.fasterxml.jackson.databind.JsonNode payload(byte[] value) {
    var json = parse(value);
    return json.has("payload") ? json.path("payload") : json;
  }

  private static com.fasterxml.jackson.databind.JsonNode parse(byte[] value) {
    try {
      return JSON.readTree(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
