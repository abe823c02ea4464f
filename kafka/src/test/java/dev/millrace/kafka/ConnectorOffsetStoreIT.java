package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A connector's own offset topic beside the worker's, against a real Kafka. */
class ConnectorOffsetStoreIT {

  private static final Map<String, Object> A = Map.of("p", "a");
  private static final Map<String, Object> B = Map.of("p", "b");

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;

  private KafkaOffsetStore own;
  private KafkaOffsetStore worker;
  private ConnectorOffsetStore store;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.builder().dataDir(dir).start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @BeforeEach
  void open(TestInfo test) {
    String name = test.getTestMethod().orElseThrow().getName();
    own = store("own-" + name, Map.of());
    worker = store("worker-" + name, Map.of());
    store = new ConnectorOffsetStore(own, worker);
  }

  @AfterEach
  void close() {
    own.close();
    worker.close();
  }

  private static KafkaOffsetStore store(String topic, Map<String, String> topicSettings) {
    return store(new TopicSpec(topic, 2, (short) 1, topicSettings));
  }

  /** Its requests wait until somebody makes the topic: there are too few brokers for it. */
  private static KafkaOffsetStore waiting(String topic) {
    return store(new TopicSpec(topic, 2, (short) 2, Map.of()));
  }

  private static void make(String topic) {
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      var spec = new TopicSpec(topic, 2, (short) 1, Map.of("cleanup.policy", "compact"));
      new Topics(admin, Duration.ofMinutes(1)).create(spec);
    }
  }

  private static KafkaOffsetStore store(TopicSpec topic) {
    ClientSettings clients =
        new ClientSettings(Map.of("bootstrap.servers", kafka.bootstrapServers()), "");
    return new KafkaOffsetStore(
        new OffsetStoreSettings(
            topic,
            clients.offsetStoreProducer(),
            clients.offsetStoreConsumer(true),
            clients.offsetStoreAdmin(),
            new OffsetStoreSettings.Times(
                Duration.ofMinutes(1), Duration.ofSeconds(30), Duration.ofSeconds(30))));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(2, TimeUnit.MINUTES);
  }

  private static Map<String, Object> at(long n) {
    return Map.of("n", n);
  }

  private static Map<Map<String, Object>, Map<String, Object>> forgetting(
      Map<String, Object> partition) {
    Map<Map<String, Object>, Map<String, Object>> result = new HashMap<>();
    result.put(partition, null);
    return result;
  }

  private static void await(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  @Test
  @DisplayName("§14.8 The worker's topic answers for what the own topic has no offset of")
  void theWorkersTopicAnswersForWhatIsMissing() throws Exception {
    get(worker.write("c", Map.of(A, at(1), B, at(1))));
    get(own.write("c", Map.of(A, at(2))));
    assertThat(get(store.read("c", List.of(A, B)))).isEqualTo(Map.of(A, at(2), B, at(1)));
    get(own.write("c", forgetting(A)));
    assertThat(get(store.read("c", List.of(A)))).isEqualTo(Map.of(A, at(1)));
    assertThat(get(store.read("other", List.of(A)))).isEmpty();
  }

  @Test
  @DisplayName("§14.9 The listing is the union of both topics, and the own one wins")
  void theListingIsTheUnion() throws Exception {
    get(worker.write("c", Map.of(A, at(1), B, at(1))));
    get(own.write("c", Map.of(A, at(2))));
    assertThat(get(store.partitions("c")))
        .extracting(StoredOffset::partition, StoredOffset::offset)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(A, at(2)),
            org.assertj.core.groups.Tuple.tuple(B, at(1)));
  }

  @Test
  @DisplayName("§14.10 The own topic decides, and the worker's gets copies")
  void writesAreCopiedToTheWorkersTopic() throws Exception {
    get(store.write("c", Map.of(A, at(1))));
    get(store.write("c", Map.of(A, at(2))));
    assertThat(get(own.read("c", List.of(A)))).isEqualTo(Map.of(A, at(2)));
    await("the copy", () -> get(worker.read("c", List.of(A))).equals(Map.of(A, at(2))));
  }

  @Test
  @DisplayName("§14.10 A write succeeds though the worker's topic cannot be written")
  void aCopyThatFailsHurtsNobody() throws Exception {
    worker.close();
    get(store.write("c", Map.of(A, at(1))));
    assertThat(get(own.read("c", List.of(A)))).isEqualTo(Map.of(A, at(1)));
  }

  @Test
  @DisplayName("§14.11 What is forgotten leaves the worker's topic first, or the write fails")
  void whatIsForgottenLeavesTheWorkersTopicFirst() throws Exception {
    get(store.write("c", Map.of(A, at(1), B, at(1))));
    await("the copy", () -> get(worker.read("c", List.of(A))).equals(Map.of(A, at(1))));
    get(store.write("c", forgetting(A)));
    assertThat(get(store.read("c", List.of(A, B)))).isEqualTo(Map.of(B, at(1)));
    assertThat(get(worker.read("c", List.of(A)))).isEmpty();
    worker.close();
    assertThatThrownBy(() -> get(store.write("c", forgetting(B)))).hasMessageContaining("closed");
    assertThat(get(own.read("c", List.of(B)))).isEqualTo(Map.of(B, at(1)));
  }

  /** A task that has waited for long enough begins the next commit. */
  @Test
  @DisplayName("§14.11 A commit that is answered late brings nothing back that is forgotten since")
  void aLateCommitBringsNothingBack() throws Exception {
    try (var late = waiting("late-own")) {
      var slow = new ConnectorOffsetStore(late, worker);
      var first = slow.write("c", Map.of(A, at(1)));
      var second = slow.write("c", forgetting(A));
      get(worker.write("other", Map.of(A, at(1)))); // what is forgotten is so there by now
      make("late-own");
      get(first);
      get(second);
      get(slow.write("c", Map.of(B, at(1))));
      await("later copies", () -> get(worker.read("c", List.of(B))).equals(Map.of(B, at(1))));
      assertThat(get(slow.read("c", List.of(A)))).isEmpty();
    }
  }

  @Test
  @DisplayName("§14.11 What waits to be forgotten does not go over a newer offset")
  void whatIsForgottenLateIsNotWrittenOverWhatIsNewer() throws Exception {
    try (var late = waiting("late-worker")) {
      var slow = new ConnectorOffsetStore(own, late);
      Map<Map<String, Object>, Map<String, Object>> older = forgetting(A);
      older.put(B, at(1));
      var first = slow.write("c", older);
      get(slow.write("c", Map.of(A, at(5), B, at(5))));
      make("late-worker");
      get(first);
      var newest = Map.of(A, at(5), B, at(5));
      assertThat(get(own.read("c", List.of(A, B)))).isEqualTo(newest);
      Map<String, Object> c = Map.of("p", "c");
      get(slow.write("c", Map.of(c, at(1))));
      await("later copies", () -> !get(late.read("c", List.of(c))).isEmpty());
      assertThat(get(late.read("c", List.of(A, B)))).isEqualTo(newest);
    }
  }

  @Test
  @DisplayName("§14.5 Change and reset act on the bytes stored in each topic")
  void peopleChangeAndResetBothTopics() throws Exception {
    Map<String, Object> stored = new java.util.LinkedHashMap<>();
    stored.put("zz", "1");
    stored.put("a", "2");
    Map<String, Object> given = new java.util.LinkedHashMap<>();
    given.put("a", "2");
    given.put("zz", "1");
    get(worker.write("c", Map.of(stored, at(1))));
    get(store.alter("c", Map.of(given, at(5))));
    assertThat(get(store.read("c", List.of(stored)))).isEqualTo(Map.of(stored, at(5)));
    await("the copy", () -> get(worker.read("c", List.of(stored))).equals(Map.of(stored, at(5))));
    assertThat(get(worker.partitions("c")))
        .singleElement()
        .satisfies(
            s ->
                assertThat(new String(s.key(), StandardCharsets.UTF_8))
                    .isEqualTo("[\"c\",{\"zz\":\"1\",\"a\":\"2\"}]"));
    get(store.reset("c"));
    assertThat(get(store.partitions("c"))).isEmpty();
    assertThat(get(worker.partitions("c"))).isEmpty();
  }

  @Test
  @DisplayName("§14.13 Copies of a transaction's offsets are made after its commit")
  void copiesAreMadeAfterTheCommit() throws Exception {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "tx");
    get(store.prepare());
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      get(store.committing("c", Map.of(A, at(1))));
      var entry = store.encode("c", A, at(1));
      var sent = producer.send(new ProducerRecord<>(store.topic(), entry.key(), entry.value()));
      sent.get(2, TimeUnit.MINUTES);
      assertThat(get(worker.read("c", List.of(A)))).isEmpty();
      producer.commitTransaction();
      store.committed("c", Map.of(A, at(1)));
    }
    assertThat(get(store.read("c", List.of(A)))).isEqualTo(Map.of(A, at(1)));
    await("the copy", () -> get(worker.read("c", List.of(A))).equals(Map.of(A, at(1))));
  }
}
