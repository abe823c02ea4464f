package dev.millrace.engine.source;

import dev.millrace.kafka.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own producer keeps the contract, so that the simulation shows what Kafka does. */
class KafkaProducerIT extends ProducerContract {
  private static final Duration SOON = Duration.ofMillis(300);

  @TempDir static Path folder;
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.builder().dataDir(folder).start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Override
  Producer<byte[], byte[]> make(String transactionalId) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    if (transactionalId != null) {
      settings.put("transactional.id", transactionalId);
    }
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Beyond what is wanted it looks once more, for what must not be there. */
  @Override
  List<String> committed(String topic, int atLeast) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
    List<String> found = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partition = List.of(new TopicPartition(topic, 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
      boolean last;
      do {
        last = found.size() >= atLeast || System.nanoTime() > end;
        consumer.poll(SOON).forEach(record -> found.add(record.value()));
      } while (!last);
    }
    return found;
  }
}
