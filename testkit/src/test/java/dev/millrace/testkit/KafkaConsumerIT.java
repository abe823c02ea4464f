package dev.millrace.testkit;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.testkit.SimulatedGroup.Protocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Kafka's own consumer passes the contract too. */
@Execution(ExecutionMode.CONCURRENT) // it mostly waits for groups
class KafkaConsumerIT extends ConsumerContract {
  private static final long DEADLINE = Duration.ofMinutes(3).toNanos();

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static Admin admin;
  private static KafkaProducer<byte[], byte[]> producer;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.builder().dataDir(dir).start();
    Map<String, Object> servers = Map.of("bootstrap.servers", kafka.bootstrapServers());
    admin = Admin.create(servers);
    Map<String, Object> oneAtATime = // or a new topic may take the second batch before the first
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "max.in.flight.requests.per.connection",
            "1");
    var bytes = new ByteArraySerializer();
    producer = new KafkaProducer<>(oneAtATime, bytes, bytes);
  }

  @AfterAll
  static void stop() {
    producer.close();
    admin.close();
    kafka.close();
  }

  @Override
  World world(Protocol protocol) {
    return new Real(protocol, UUID.randomUUID().toString());
  }

  @Override
  String topic(String name) {
    return name;
  }

  private static final class Real implements World {
    private final Protocol protocol;
    private final String group;
    private final long begin = System.nanoTime();

    private Real(Protocol protocol, String group) {
      this.protocol = protocol;
      this.group = group;
    }

    @Override
    public void create(String topic, int partitions) {
      try {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void send(TopicPartition partition, int count) {
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    partition.topic(), partition.partition(), null, new byte[] {1})));
      }
      try {
        for (Future<?> one : sent) one.get(3, TimeUnit.MINUTES);
      } catch (InterruptedException | ExecutionException | TimeoutException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public Consumer<byte[], byte[]> consumer(Duration maxPollInterval) {
      Class<?> assignor =
          protocol == Protocol.EAGER ? RangeAssignor.class : CooperativeStickyAssignor.class;
      return new KafkaConsumer<>(
          Map.<String, Object>of(
              "bootstrap.servers",
              kafka.bootstrapServers(),
              "group.id",
              group,
              "auto.offset.reset",
              "earliest",
              "enable.auto.commit",
              "false",
              "metadata.max.age.ms",
              "500",
              "max.poll.interval.ms",
              String.valueOf(maxPollInterval.toMillis()),
              "partition.assignment.strategy",
              assignor.getName()),
          new ByteArrayDeserializer(),
          new ByteArrayDeserializer());
    }

    @Override
    public void pass(Duration time) {
      long end = System.nanoTime() + time.toNanos();
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
    }

    @Override
    public boolean timeLeft() {
      return System.nanoTime() - begin < DEADLINE;
    }
  }
}
