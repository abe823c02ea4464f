package dev.millrace.connectors.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to and reads from a cluster in tests. Stateless but for the address. */
record Cluster(String address) {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration DEADLINE = Duration.ofMinutes(4);

  /**
   * One request at a time: a topic that has just been created may refuse the first batch and take
   * the next, and Kafka never again takes an idempotent producer's first batch then.
   */
  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            address,
            "linger.ms",
            "5",
            "max.in.flight.requests.per.connection",
            "1"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  void send(String topic, List<String> values) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (String value : values) {
        byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        sent.add(producer.send(new ProducerRecord<>(topic, bytes)));
      }
    }
    Map<String, Long> failures =
        sent.stream()
            .filter(future -> future.state() != Future.State.SUCCESS)
            .collect(Collectors.groupingBy(Cluster::outcome, Collectors.counting()));
    assertThat(failures).as("records that %s did not take, by cause", topic).isEmpty();
  }

  private static String outcome(Future<?> future) {
    return future.state() == Future.State.FAILED
        ? future.exceptionNow().toString()
        : future.state().toString();
  }

  /** Visits of {@code users} users in turn: {@code {"id":n,"user_id":n % users}}. */
  static List<String> visits(int from, int to, int users) {
    return IntStream.range(from, to)
        .mapToObj(n -> "{\"id\":%d,\"user_id\":%d}".formatted(n, n % users))
        .toList();
  }

  /** All records a read-committed reader sees until the current end. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", address, "isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<PartitionInfo> found = consumer.partitionsFor(topic);
      List<TopicPartition> partitions =
          found.stream().map(p -> new TopicPartition(p.topic(), p.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
      return records;
    }
  }

  /** The newest plain row of each plain key. */
  Map<JsonNode, JsonNode> table(String topic) throws IOException {
    Map<JsonNode, JsonNode> table = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : read(topic)) {
      JsonNode key = plain(record.key());
      if (record.value() == null) {
        table.remove(key);
      } else {
        table.put(key, plain(record.value()));
      }
    }
    return table;
  }

  static JsonNode plain(byte[] json) throws IOException {
    JsonNode node = JSON.readTree(json);
    return node.has("payload") ? node.get("payload") : node;
  }

  /** Asks again and again until it is true; an exception counts as not yet. */
  static void await(String what, Callable<Boolean> condition) throws InterruptedException {
    long end = System.nanoTime() + DEADLINE.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    Exception last = null;
    while (System.nanoTime() < end) {
      try {
        if (condition.call()) {
          return;
        }
      } catch (Exception e) {
        last = e;
      }
      never.await(50, TimeUnit.MILLISECONDS);
    }
    throw new AssertionError("not within " + DEADLINE + ": " + what, last);
  }
}
