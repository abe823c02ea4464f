package dev.millrace.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Clients for tests; all reads are read-committed and have deadlines. */
final class KafkaTesting {

  private static final StringSerializer TEXT = new StringSerializer();

  private KafkaTesting() {}

  static String clusterId(String servers) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      return admin.describeCluster().clusterId().get(2, TimeUnit.MINUTES);
    }
  }

  static void send(String servers, String topic, Map<String, String> records) throws Exception {
    try (var producer = producer(Map.of("bootstrap.servers", servers))) {
      for (var e : records.entrySet()) {
        producer
            .send(new ProducerRecord<>(topic, e.getKey(), e.getValue()))
            .get(2, TimeUnit.MINUTES);
      }
    }
  }

  static KafkaProducer<String, String> producer(Map<String, Object> settings) {
    return new KafkaProducer<>(settings, TEXT, TEXT);
  }

  static KafkaProducer<String, String> transactional(String servers, String id) {
    return transactional(servers, id, Duration.ofMinutes(1));
  }

  /** One whose transactions Kafka aborts after so long. */
  private static KafkaProducer<String, String> transactional(
      String servers, String id, Duration timeout) {
    var producer =
        producer(
            Map.of(
                "bootstrap.servers",
                servers,
                "transactional.id",
                id,
                "transaction.timeout.ms",
                Long.toString(timeout.toMillis())));
    producer.initTransactions();
    return producer;
  }

  static void sendInTransaction(String servers, String topic, String id, int count) {
    try (var producer = transactional(servers, id)) {
      producer.beginTransaction();
      for (int i = 0; i < count; i++) {
        var unused = producer.send(new ProducerRecord<>(topic, "k" + i, "v" + i));
      }
      producer.commitTransaction();
    }
  }

  /** Sends a record whose transaction nobody ends. */
  static void leaveTransactionOpen(String servers, String topic, String id) throws Exception {
    var producer = transactional(servers, id, Duration.ofSeconds(10));
    producer.beginTransaction();
    producer.send(new ProducerRecord<>(topic, "open", "open")).get(2, TimeUnit.MINUTES);
    producer.close(Duration.ZERO);
  }

  /** Whether a reader of committed records meets a record in time. */
  static boolean readUntil(String servers, String topic, String record) {
    return read(servers, topic, seen -> seen.contains(record)).contains(record);
  }

  /** Reads at least these committed records, or what there is after a while. */
  static List<String> readAll(String servers, String topic, List<String> wanted) {
    return read(servers, topic, seen -> new HashSet<>(seen).containsAll(wanted));
  }

  /** Reads a number of committed records, or what there is after a while. */
  static List<String> read(String servers, String topic, int count) {
    return read(servers, topic, seen -> seen.size() >= count);
  }

  private static List<String> read(String servers, String topic, Predicate<List<String>> enough) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            servers,
            "isolation.level",
            "read_committed",
            "auto.offset.reset",
            "earliest");
    List<String> result = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
      while (!enough.test(result) && System.nanoTime() < deadline) {
        for (ConsumerRecord<String, String> r : consumer.poll(Duration.ofMillis(200))) {
          result.add(r.key() + "=" + r.value());
        }
      }
    }
    return result;
  }

  /** Commits one record after the other, on a thread of its own, whatever happens to Kafka. */
  static final class Committer implements AutoCloseable {
    private final String servers;
    private final List<String> committed = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::run, "committer");
    private volatile boolean closed;

    Committer(String servers) {
      this.servers = servers;
      thread.start();
    }

    List<String> committed() {
      return committed;
    }

    private void run() {
      int next = 0;
      while (!closed) {
        try (var producer = transactional(servers, "committer", Duration.ofSeconds(3))) {
          while (!closed) {
            commit(producer, "c" + next++);
          }
        } catch (KafkaException e) {
          // Kafka is away or the fate of a transaction unknown: go on with a new producer
        }
      }
    }

    private void commit(KafkaProducer<String, String> producer, String value) {
      producer.beginTransaction();
      var unused = producer.send(new ProducerRecord<>("killed", value, value));
      producer.commitTransaction();
      committed.add(value + "=" + value);
    }

    void awaitCommitted(int count) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
      while (committed.size() < count) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("only " + committed.size() + " of " + count + " committed");
        }
        thread.join(10);
      }
    }

    @Override
    public void close() throws InterruptedException {
      closed = true;
      thread.join(TimeUnit.MINUTES.toMillis(4));
    }
  }
}
