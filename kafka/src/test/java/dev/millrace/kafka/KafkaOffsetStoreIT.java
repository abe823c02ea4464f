package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.model.offsets.OffsetEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The offset store against a real Kafka. */
class KafkaOffsetStoreIT {

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.builder().dataDir(dir).start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  private static KafkaOffsetStore store(String topic, String servers, Duration timeout) {
    return store(topic, servers, timeout, Duration.ofSeconds(60));
  }

  private static KafkaOffsetStore store(
      String topic, String servers, Duration timeout, Duration transactions) {
    ClientSettings clients = new ClientSettings(Map.of("bootstrap.servers", servers), "");
    return new KafkaOffsetStore(
        new OffsetStoreSettings(
            new TopicSpec(topic, 3, (short) -1, Map.of()),
            clients.offsetStoreProducer(),
            clients.offsetStoreConsumer(true),
            clients.offsetStoreAdmin(),
            new OffsetStoreSettings.Times(timeout, transactions, Duration.ofMinutes(1))));
  }

  private static KafkaOffsetStore store(String topic) {
    return store(topic, kafka.bootstrapServers(), Duration.ofSeconds(30));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(2, TimeUnit.MINUTES);
  }

  private static Map<String, Object> map(Object... keysAndValues) {
    Map<String, Object> result = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      result.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return result;
  }

  @DisplayName(
      "§14.3 A null partition or offset is legal, and a null offset takes the partition away")
  @Test
  void whatWasWrittenIsReadByAnotherWorker() throws Exception {
    Map<String, Object> partition = map("table", "users");
    Map<Map<String, Object>, Map<String, Object>> offsets = new HashMap<>();
    offsets.put(partition, map("id", 7));
    offsets.put(null, map("id", 8));
    try (KafkaOffsetStore one = store("offsets-a");
        KafkaOffsetStore two = store("offsets-a")) {
      get(one.write("c", offsets));
      List<Map<String, Object>> wanted = Arrays.asList(partition, null, map("table", "absent"));
      assertThat(get(two.read("c", wanted)))
          .hasSize(2)
          .containsEntry(partition, Map.of("id", 7L))
          .containsEntry(null, Map.of("id", 8L));
      assertThat(get(two.read("other", wanted))).isEmpty();
      offsets.put(partition, null);
      get(one.write("c", offsets));
      assertThat(get(two.read("c", wanted))).containsOnlyKeys((Map<String, Object>) null);
    }
  }

  @DisplayName("§14.2 Another order of fields is the same partition")
  @Test
  void anotherOrderOfFieldsIsTheSamePartition() throws Exception {
    Map<String, Object> partition = map("protocol", "1", "table", "users");
    Map<String, Object> turned = map("table", "users", "protocol", "1");
    try (KafkaOffsetStore one = store("offsets-order");
        KafkaOffsetStore two = store("offsets-order")) {
      get(one.write("c", Map.of(partition, map("id", 7))));
      assertThat(get(two.read("c", List.of(turned)))).containsEntry(turned, map("id", 7L));
      assertThat(two.encode("c", turned, map("id", 8)).key())
          .isEqualTo(one.encode("c", partition, map("id", 8)).key());
    }
  }

  @DisplayName("§14.5 Listing, change and reset use the stored bytes")
  @Test
  void listingAndResetUseTheStoredBytes() throws Exception {
    Map<String, Object> stored = map("zz", "1", "b", "1", "a", "2");
    try (KafkaOffsetStore store = store("offsets-b")) {
      get(store.write("c", Map.of(stored, map("id", 1))));
      assertThat(get(store.partitions("c")))
          .singleElement()
          .satisfies(
              s -> {
                assertThat(new String(s.key(), StandardCharsets.UTF_8))
                    .isEqualTo("[\"c\",{\"zz\":\"1\",\"b\":\"1\",\"a\":\"2\"}]");
                assertThat(s.offset()).isEqualTo(Map.of("id", 1L));
              });
      get(store.alter("c", Map.of(map("a", "2", "b", "1", "zz", "1"), map("id", 5))));
      assertThat(get(store.read("c", List.of(stored)))).containsValue(Map.of("id", 5L));
      get(store.reset("c"));
      assertThat(get(store.partitions("c"))).isEmpty();
      assertThat(get(store.read("c", List.of(stored)))).isEmpty();
    }
  }

  @DisplayName("§14.5 An offset that is no JSON spoils no other, and can be reset")
  @Test
  void whatIsNoOffsetSpoilsNoOtherAndCanBeReset() throws Exception {
    Map<String, Object> whole = map("table", "whole");
    byte[] broken = ConnectJson.encodeKey("c", map("table", "broken"));
    try (KafkaOffsetStore store = store("offsets-broken")) {
      get(store.write(List.of(new OffsetEntry(broken, "{oops".getBytes(StandardCharsets.UTF_8)))));
      get(store.write("c", Map.of(whole, map("id", 1))));
      assertThat(get(store.read("c", List.of(whole, map("table", "new"))))).containsOnlyKeys(whole);
      assertThat(get(store.partitions("c")))
          .extracting(StoredOffset::partition, StoredOffset::offset)
          .containsExactlyInAnyOrder(
              tuple(map("table", "broken"), null), tuple(whole, map("id", 1L)));
      get(store.reset("c"));
      assertThat(get(store.partitions("c"))).isEmpty();
    }
  }

  @DisplayName("§14.18 Only committed offsets are seen, and none that is hidden by another's")
  @Test
  void whatAnOpenTransactionHidesIsWaitedFor() throws Exception {
    try (KafkaOffsetStore store = store("offsets-d");
        var own = transactional("tx-own");
        var other = transactional("tx-other")) {
      get(store.prepare());
      Map<String, Object> partition = map("p", 1);
      other.beginTransaction();
      send(other, store, map("other", 1), 1);
      own.beginTransaction();
      send(own, store, partition, 7);
      own.commitTransaction();
      var read = store.read("c", List.of(partition)).toCompletableFuture();
      assertThat(read.completeOnTimeout(Map.of(), 5, TimeUnit.SECONDS).get())
          .as("nothing older than what is there")
          .isEmpty();
      other.commitTransaction();
      assertThat(get(store.read("c", List.of(partition)))).containsValue(Map.of("id", 7L));
    }
  }

  @DisplayName(
      "§14.18 A transaction that stays open too long fails the read, with its topic's name")
  @Test
  void aTransactionThatStaysOpenFailsTheRead() throws Exception {
    try (KafkaOffsetStore store =
            store(
                "offsets-c",
                kafka.bootstrapServers(),
                Duration.ofSeconds(15),
                Duration.ofSeconds(3));
        var committed = transactional("tx-1");
        var hanging = transactional("tx-2")) {
      get(store.prepare());
      Map<String, Object> partition = map("p", 1);
      committed.beginTransaction();
      send(committed, store, partition, 1);
      committed.commitTransaction();
      hanging.beginTransaction();
      send(hanging, store, partition, 2);
      assertThatThrownBy(() -> get(store.read("c", List.of(partition))))
          .hasMessageContaining("offsets-c")
          .hasMessageContaining("transaction");
      hanging.abortTransaction();
      assertThat(readWhenEnded(store, partition)).containsValue(Map.of("id", 1L));
      hanging.beginTransaction();
      send(hanging, store, partition, 3);
      hanging.commitTransaction();
      assertThat(readWhenEnded(store, partition)).containsValue(Map.of("id", 3L));
    }
  }

  /** Kafka says that a transaction has ended before its readers may see so. */
  private static Map<Map<String, Object>, Map<String, Object>> readWhenEnded(
      KafkaOffsetStore store, Map<String, Object> partition) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (true) {
      try {
        return get(store.read("c", List.of(partition)));
      } catch (ExecutionException e) {
        assertThat(e).hasMessageContaining("transaction");
        assertThat(System.nanoTime()).as("time left").isLessThan(end);
      }
    }
  }

  private static KafkaProducer<byte[], byte[]> transactional(String id) {
    var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", id),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
    return producer;
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer,
      KafkaOffsetStore store,
      Map<String, Object> partition,
      int id)
      throws Exception {
    OffsetEntry entry = store.encode("c", partition, map("id", id));
    producer
        .send(new ProducerRecord<>(store.topic(), entry.key(), entry.value()))
        .get(2, TimeUnit.MINUTES);
  }

  @DisplayName("§14.6 The topic is compacted, and another policy is an error")
  @Test
  void theTopicIsCompactedAndAnotherPolicyIsAnError() throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
    try (KafkaOffsetStore store = store("offsets-d");
        Admin admin = Admin.create(settings)) {
      get(store.prepare());
      Topics topics = new Topics(admin, Duration.ofSeconds(30));
      assertThat(topics.describe("offsets-d").orElseThrow().partitions()).hasSize(3);
      assertThat(topics.describe("absent")).isEmpty();
      assertThat(topics.list()).contains("offsets-d");
      TopicSpec wrong = new TopicSpec("wrong", 1, (short) 1, Map.of("cleanup.policy", "delete"));
      assertThat(topics.create(wrong)).isEqualTo(Topics.Creation.CREATED);
      assertThat(topics.create(wrong)).isEqualTo(Topics.Creation.EXISTED);
    }
    try (KafkaOffsetStore store = store("wrong")) {
      assertThatThrownBy(() -> get(store.read("c", List.of())))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(KafkaAccessException.class)
          .hasMessageContaining("'wrong'")
          .hasMessageContaining("'delete'");
    }
  }

  @DisplayName("§14.16 Without Kafka a read fails in time, and close returns")
  @Test
  void withoutKafkaAReadFailsInTimeAndCloseReturns() {
    KafkaOffsetStore store = store("offsets-e", "127.0.0.1:1", Duration.ofSeconds(2));
    assertThatThrownBy(() -> get(store.read("c", List.of())))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(KafkaAccessException.class)
        .hasMessageContaining("offsets-e");
    store.close();
    assertThatThrownBy(() -> get(store.read("c", List.of()))).hasMessageContaining("closed");
  }

  @Test
  @DisplayName("§14.16 Clients and threads are given back when idle, and made again")
  void clientsAndThreadsAreGivenBackWhenIdle() throws Exception {
    Map<String, Object> partition = map("p", 1);
    try (KafkaOffsetStore store = store("offsets-idle", Duration.ofMillis(1))) {
      for (long n = 1; n <= 3; n++) {
        get(store.write("c", Map.of(partition, map("n", n))));
        assertThat(get(store.read("c", List.of(partition)))).containsValue(map("n", n));
        awaitThreads(0);
      }
    }
    try (KafkaOffsetStore store = store("offsets-idle", Duration.ofMinutes(5))) {
      get(store.read("c", List.of(partition)));
      assertThat(threads()).isPositive();
    }
    awaitThreads(0);
  }

  private static KafkaOffsetStore store(String topic, Duration idle) {
    ClientSettings clients =
        new ClientSettings(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", "idle-it"), "");
    return new KafkaOffsetStore(
        new OffsetStoreSettings(
            new TopicSpec(topic, 3, (short) -1, Map.of()),
            clients.offsetStoreProducer(),
            clients.offsetStoreConsumer(false),
            clients.offsetStoreAdmin(),
            new OffsetStoreSettings.Times(Duration.ofSeconds(30), Duration.ofSeconds(30), idle)));
  }

  /** Threads of the store and of its clients. */
  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.endsWith("offsets-idle") || name.contains("idle-it-offsets"))
        .count();
  }

  private static void awaitThreads(int count) {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (threads() != count) {
      assertThat(System.nanoTime()).as("time left for %d threads", count).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }
}
