package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.kafka.ClientSettings;
import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.kafka.SourceOffsets;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus.Phase;
import dev.millrace.worker.offsets.OffsetException;
import dev.millrace.worker.preflight.ClientOverrides;
import dev.millrace.worker.validation.Validation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Offset topics of single connectors, as users see them. */
class OffsetTopicsIT {

  private static final Duration DEADLINE = Duration.ofMinutes(3);

  @TempDir static Path kafkaDir;
  @TempDir static Path otherDir;
  private static EmbeddedKafka kafka;
  private static EmbeddedKafka other;

  @TempDir Path dataDir;
  private String test;
  private Worker worker;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.builder().dataDir(kafkaDir).start();
    other = EmbeddedKafka.builder().dataDir(otherDir).start();
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
    other.close();
  }

  @BeforeEach
  void name(TestInfo info) {
    test = info.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void stopWorker() {
    if (worker != null) worker.close();
  }

  @Test
  @DisplayName("§14.8 A connector that is moved to a topic of its own goes on where it was")
  void aMovedConnectorGoesOnWhereItWas() throws Exception {
    for (String guarantee : List.of("disabled", "enabled")) {
      start(guarantee);
      String name = "src-" + guarantee;
      create(name, source(20, name));
      awaitOffset(kafka, workerTopic(), name, 20);
      var moved = source(40, name);
      moved.put("offsets.storage.topic", ownTopic());
      configure(name, moved);
      awaitOffset(kafka, ownTopic(), name, 40);
      assertThat(records(kafka, name)).isEqualTo(numbers(40));
      awaitOffset(kafka, workerTopic(), name, 40);
      worker.close();
    }
  }

  @Test
  @DisplayName("§14.2 Nothing is kept of the offsets of a connector that nobody works for any more")
  void nothingIsKeptOfAConnectorThatIsGone() throws Exception {
    Map<String, Object> stored = ordered("z", "a");
    Map<String, Object> turned = ordered("a", "z");
    var settings = settings("disabled", Map.of());
    try (var stores = new OffsetStores(settings, new ClientSettings(settings.originals(), ""))) {
      var one = stores.of("c", Map.of());
      var more = stores.of("c", Map.of("offsets.storage.topic", ownTopic()));
      var topic = one.offsets();
      one.offsets()
          .write("c", Map.of(stored, Map.of("n", 1)))
          .toCompletableFuture()
          .get(2, TimeUnit.MINUTES);
      more.offsets().read("c", List.of(turned)).toCompletableFuture().get(2, TimeUnit.MINUTES);
      assertThat(keyOf(topic, turned)).isEqualTo("[\"c\",{\"z\":1,\"a\":1}]");
      one.close();
      assertThat(keyOf(topic, turned)).isEqualTo("[\"c\",{\"z\":1,\"a\":1}]");
      more.close();
      assertThat(keyOf(topic, turned)).isEqualTo("[\"c\",{\"a\":1,\"z\":1}]");
    }
  }

  private static String keyOf(SourceOffsets offsets, Map<String, Object> partition) {
    return new String(offsets.encode("c", partition, Map.of()).key(), StandardCharsets.UTF_8);
  }

  private static Map<String, Object> ordered(String... fields) {
    var map = new LinkedHashMap<String, Object>();
    for (String field : fields) map.put(field, 1);
    return map;
  }

  @Test
  @DisplayName("§14.13 With exactly-once, offsets are in the connector's topic with their records")
  void offsetsAreInTheConnectorsTopicWithTheirRecords() throws Exception {
    start("enabled");
    var config = source(30, test);
    config.put("offsets.storage.topic", ownTopic());
    create("src", config);
    awaitOffset(kafka, ownTopic(), "src", 30);
    awaitOffset(kafka, workerTopic(), "src", 30);
    configure("src", with(config, "limit", "50"));
    awaitOffset(kafka, ownTopic(), "src", 50);
    assertThat(records(kafka, test)).isEqualTo(numbers(50));
  }

  @Test
  @DisplayName("§14.12 Overrides of the bootstrap servers lead records and offsets to that cluster")
  void anotherClusterHasRecordsAndOffsets() throws Exception {
    for (String guarantee : List.of("disabled", "enabled")) {
      start(guarantee);
      String name = "src-" + guarantee;
      var config = source(30, name);
      config.put("offsets.storage.topic", ownTopic());
      for (String client : List.of("producer", "consumer", "admin")) {
        config.put(client + ".override.bootstrap.servers", other.bootstrapServers());
      }
      create(name, config);
      awaitOffset(other, ownTopic(), name, 30);
      awaitOffset(kafka, workerTopic(), name, 30);
      configure(name, with(config, "limit", "40"));
      awaitOffset(other, ownTopic(), name, 40);
      assertThat(records(other, name)).isEqualTo(numbers(40));
      worker.close();
    }
    assertThat(topics(kafka)).doesNotContain(ownTopic());
  }

  @Test
  @DisplayName("§14.12 Offsets are committed though the task's producer was released before")
  void offsetsAreCommittedAfterTheProducerWasReleased() throws Exception {
    start("disabled", Map.of("millrace.idle.clients.ms", "50", "offset.flush.interval.ms", "3000"));
    var config = source(10, test);
    config.put("offsets.storage.topic", ownTopic());
    create("src", config);
    awaitOffset(kafka, ownTopic(), "src", 10);
    assertThat(worker.statuses().of(new WorkId("src", 0)).orElseThrow().status().phase())
        .isEqualTo(Phase.RUNNING);
  }

  @Test
  @DisplayName("§14.6 The topic is made with the worker's settings of offset topics")
  void theTopicIsMadeWithTheWorkersSettings() throws Exception {
    start("disabled");
    var config = source(10, test);
    config.put("offsets.storage.topic", ownTopic());
    create("src", config);
    awaitOffset(kafka, ownTopic(), "src", 10);
    try (var admin = admin(kafka)) {
      var topic = admin.describeTopics(List.of(ownTopic())).allTopicNames().get();
      assertThat(topic.get(ownTopic()).partitions()).hasSize(3);
      var resource = new ConfigResource(ConfigResource.Type.TOPIC, ownTopic());
      var settings = admin.describeConfigs(List.of(resource)).all().get().get(resource);
      assertThat(settings.get("cleanup.policy").value()).isEqualTo("compact");
      assertThat(settings.get("segment.bytes").value()).isEqualTo("2097152");
    }
  }

  @Test
  @DisplayName("§14.7 The worker's topic under its own name is no second store")
  void theWorkersTopicIsNoSecondStore() throws Exception {
    start("disabled");
    var config = source(10, test);
    config.put("offsets.storage.topic", workerTopic());
    create("src", config);
    awaitOffset(kafka, workerTopic(), "src", 10);
    configure("src", with(config, "limit", "20"));
    awaitOffset(kafka, workerTopic(), "src", 20);
    assertThat(records(kafka, test)).isEqualTo(numbers(20));
  }

  @Test
  @DisplayName("§14.14 The connector instance reads the same offsets as its tasks")
  void theInstanceReadsTheSameOffsets() throws Exception {
    start("disabled");
    var config = source(10, test);
    config.put("offsets.storage.topic", ownTopic());
    create("src", config);
    awaitOffset(kafka, ownTopic(), "src", 10);
    configure("src", with(config, "require.offset", "10"));
    await("running", () -> is(WorkId.instance("src"), Phase.RUNNING));
    configure("src", with(config, "require.offset", "11"));
    await("failed", () -> is(WorkId.instance("src"), Phase.FAILED));
  }

  @Test
  @DisplayName("§14.15 A task may not write records to the topic of its own offsets")
  void theOwnOffsetTopicIsRefused() throws Exception {
    start("enabled");
    var config = source(10, ownTopic());
    config.put("offsets.storage.topic", ownTopic());
    create("src", config);
    await("failed", () -> is(new WorkId("src", 0), Phase.FAILED));
    assertThat(worker.statuses().of(new WorkId("src", 0)).orElseThrow().status().detail())
        .contains("may not write to '" + ownTopic() + "'");
  }

  @Test
  @DisplayName("§14.17 A writer of a larger earlier set of tasks is shut out")
  void aWriterOfALargerEarlierSetIsShutOut() throws Exception {
    start("enabled");
    create("src", with(source(10, test), "tasks.max", "3"));
    for (String partition : List.of("0", "1", "2")) {
      awaitOffset(kafka, workerTopic(), "src", partition, 10);
    }
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "transactional.id",
            "it-" + test + "-src-2");
    try (var zombie =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      zombie.initTransactions();
      zombie.beginTransaction();
      zombie.send(new ProducerRecord<>(test, new byte[] {1})).get(2, TimeUnit.MINUTES);
      configure("src", with(source(20, test), "tasks.max", "2"));
      for (String partition : List.of("0", "1")) {
        awaitOffset(kafka, workerTopic(), "src", partition, 20);
      }
      assertThatThrownBy(zombie::commitTransaction)
          .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
    }
    assertThat(records(kafka, test)).hasSize(50);
  }

  @Test
  @DisplayName("§14.19 A change of offsets shuts out every earlier task; §1.7 it wants a stop")
  void aChangeOfOffsetsShutsOutEveryEarlierTask() throws Exception {
    start("enabled");
    create("src", with(source(10, test), "tasks.max", "3"));
    for (String partition : List.of("0", "1", "2")) {
      awaitOffset(kafka, workerTopic(), "src", partition, 10);
    }
    assertThatThrownBy(() -> worker.offsets().reset("src"))
        .hasMessageContaining("must be in the STOPPED state");
    done(new Command.Retarget("src", TargetState.STOPPED));
    await("stopped", () -> worker.state().connectors().get("src").tasks().isEmpty());
    for (int task = 0; task < 3; task++) {
      var ended = new WorkId("src", task);
      await("ended", () -> worker.statuses().of(ended).isEmpty());
    }
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "transactional.id",
            "it-" + test + "-src-2");
    try (var zombie =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      zombie.initTransactions();
      zombie.beginTransaction();
      zombie.send(new ProducerRecord<>(test, new byte[] {1})).get(2, TimeUnit.MINUTES);
      worker.offsets().reset("src");
      assertThatThrownBy(zombie::commitTransaction)
          .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
    }
    assertThat(worker.offsets().list("src")).isEmpty();
  }

  @Test
  void whatThePolicyForbidsFailsTheStart() throws Exception {
    start("disabled", Map.of(ClientOverrides.POLICY, "dev.millrace.worker.NoAcksPolicy"));
    var config = with(source(10, test), "producer.override.acks", "1");
    create("src", config);
    await("failed", () -> is(WorkId.instance("src"), Phase.FAILED));
    assertThat(worker.statuses().of(WorkId.instance("src")).orElseThrow().status().detail())
        .contains("Client Config Overrides not allowed [acks is not yours]");
    assertThat(worker.validate(with(config, "name", "src")).problems())
        .containsExactly(new Validation.Problem("producer.override.acks", "acks is not yours"));
    create("other", with(source(10, test), "producer.override.linger.ms", "1"));
    await("running", () -> is(new WorkId("other", 0), Phase.RUNNING));
    var sink = Map.of("connector.class", "ListSink", "topics", test, "admin.override.acks", "1");
    create("sink", sink); // whose work has no such client
    assertThatThrownBy(() -> worker.offsets().list("sink"))
        .isInstanceOf(OffsetException.class)
        .hasMessageContaining("Client Config Overrides not allowed [acks is not yours]");
  }

  @Test
  void whatExactlyOnceNeedsIsCheckedBeforehand() throws Exception {
    start("disabled");
    var config = with(source(10, test), "name", "src");
    assertThat(worker.validate(with(config, "exactly.once.support", "required")).problems())
        .containsExactly(
            new Validation.Problem(
                "exactly.once.support",
                "This worker does not have exactly-once source support enabled."));
    assertThat(worker.validate(with(config, "transaction.boundary", "connector")).problems())
        .extracting(Validation.Problem::key)
        .containsExactly("transaction.boundary");
    assertThat(worker.validate(with(config, "offsets.storage.topic", " ")).problems())
        .extracting(Validation.Problem::key)
        .containsExactly("offsets.storage.topic");
  }

  private void start(String guarantee) throws Exception {
    start(guarantee, Map.of());
  }

  private void start(String guarantee, Map<String, String> more) throws Exception {
    worker = Worker.builder().settings(settings(guarantee, more)).start();
    worker.started().get(2, TimeUnit.MINUTES);
  }

  private WorkerSettings settings(String guarantee, Map<String, String> more) {
    var settings = new HashMap<String, String>();
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("group.id", "it-" + test);
    settings.put("millrace.data.dir", dataDir.toString());
    settings.put("exactly.once.source.support", guarantee);
    settings.put("offset.storage.topic", workerTopic());
    settings.put("offset.storage.partitions", "3");
    settings.put("offset.storage.replication.factor", "1");
    settings.put("offset.storage.segment.bytes", "2097152");
    settings.put("offset.flush.interval.ms", "200");
    settings.putAll(more);
    return WorkerSettings.of(settings);
  }

  private String workerTopic() {
    return "offsets-" + test;
  }

  private String ownTopic() {
    return "own-" + test;
  }

  private static Map<String, String> source(int limit, String topic) {
    var config = new HashMap<String, String>();
    config.put("connector.class", "NumberSource");
    config.put("topic", topic);
    config.put("limit", String.valueOf(limit));
    return config;
  }

  private static Map<String, String> with(Map<String, String> config, String key, String value) {
    var changed = new HashMap<>(config);
    changed.put(key, value);
    return changed;
  }

  private void create(String name, Map<String, String> config) throws Exception {
    done(new Command.Create(name, with(config, "name", name), TargetState.STARTED));
  }

  private void configure(String name, Map<String, String> config) throws Exception {
    done(new Command.Configure(name, with(config, "name", name)));
  }

  private void done(Command command) throws Exception {
    assertThat(worker.submit(command).get(2, TimeUnit.MINUTES))
        .isInstanceOf(CommandResult.Done.class);
  }

  private boolean is(WorkId id, Phase phase) {
    return worker.statuses().of(id).filter(e -> e.status().phase() == phase).isPresent();
  }

  private static void awaitOffset(EmbeddedKafka cluster, String topic, String connector, int n) {
    awaitOffset(cluster, topic, connector, "0", n);
  }

  private static void awaitOffset(
      EmbeddedKafka cluster, String topic, String connector, String partition, int n) {
    String key = "[\"" + connector + "\",{\"p\":\"" + partition + "\"}]";
    await(
        topic + " has " + n + " for " + key,
        () -> ("{\"n\":" + n + "}").equals(table(cluster, topic).get(key)));
  }

  private static Map<String, String> table(EmbeddedKafka cluster, String topic) {
    var result = new HashMap<String, String>();
    read(cluster, topic).forEach(r -> result.put(r.key(), r.value()));
    return result;
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }

  /** The numbers a topic has, in order; converters are JSON with schemas. */
  private static List<Integer> records(EmbeddedKafka cluster, String topic) {
    return read(cluster, topic).stream()
        .map(r -> r.value().replaceAll(".*\"payload\":(\\d+).*", "$1"))
        .map(Integer::valueOf)
        .toList();
  }

  private record Pair(String key, String value) {}

  private static List<Pair> read(EmbeddedKafka cluster, String topic) {
    if (!topics(cluster).contains(topic)) return List.of();
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", cluster.bootstrapServers(), "isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      var found = new ArrayList<Pair>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(r -> found.add(new Pair(text(r.key()), text(r.value()))));
      }
      return found;
    }
  }

  private static java.util.Set<String> topics(EmbeddedKafka cluster) {
    try (var admin = admin(cluster)) {
      return admin.listTopics().names().get(2, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Admin admin(EmbeddedKafka cluster) {
    return Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
  }

  private static List<Integer> numbers(int to) {
    return IntStream.rangeClosed(1, to).boxed().toList();
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
    }
  }
}
