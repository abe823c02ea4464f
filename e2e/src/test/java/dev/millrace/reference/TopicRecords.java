package dev.millrace.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Records of one internal topic, as text. */
record TopicRecords(List<Entry> entries) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> KINDS =
      List.of(
          "status-connector-",
          "status-task-",
          "status-topic-",
          "connector-",
          "tasks-fencing-",
          "task-",
          "commit-",
          "target-state-",
          "restart-connector-",
          "logger-cluster-",
          "session-key");

  /** A key and a value; null for a tombstone. */
  record Entry(String key, String value) {

    /** What the record is about and how its value is built, without the values themselves. */
    String shape() {
      String kind = KINDS.stream().filter(key::startsWith).findFirst().orElse("offset");
      return kind + " " + (value == null ? "tombstone" : shape(parse(value)));
    }

    private static String shape(JsonNode node) {
      if (node.isNull() || node.isTextual()) return "text";
      if (!node.isObject()) return node.getNodeType().name();
      if (!node.path("connector.class").isMissingNode()) return "configuration";
      return node.properties().stream()
          .map(field -> field.getKey() + ":" + shape(field.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }

    private static JsonNode parse(String text) {
      try {
        return JSON.readTree(text);
      } catch (IOException e) {
        throw new AssertionError("not JSON: " + text, e);
      }
    }
  }

  /** All that is in the topic now, committed or not in a transaction. */
  static TopicRecords read(String servers, String topic) {
    Map<String, Object> client =
        Map.of("bootstrap.servers", servers, "isolation.level", "read_committed");
    var found = new ArrayList<Entry>();
    try (var consumer =
        new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> found.add(new Entry(record.key(), record.value())));
      }
    }
    return new TopicRecords(found);
  }

  static TopicRecords load(Path file) throws IOException {
    var found = new ArrayList<Entry>();
    for (var line : Files.readAllLines(file)) {
      var pair = JSON.readTree(line);
      found.add(
          new Entry(pair.get(0).asText(), pair.get(1).isNull() ? null : pair.get(1).asText()));
    }
    return new TopicRecords(found);
  }

  /** One line for each different record. */
  void store(Path file) throws IOException {
    var lines = new ArrayList<String>();
    for (var entry : entries.stream().distinct().toList()) {
      lines.add(JSON.writeValueAsString(Arrays.asList(entry.key(), entry.value())));
    }
    Files.createDirectories(file.getParent());
    Files.write(file, lines, StandardCharsets.UTF_8);
  }

  TopicRecords without(String part) {
    return new TopicRecords(entries.stream().filter(e -> !e.key().contains(part)).toList());
  }

  Set<String> shapes() {
    return entries.stream().map(Entry::shape).collect(Collectors.toCollection(TreeSet::new));
  }
}
