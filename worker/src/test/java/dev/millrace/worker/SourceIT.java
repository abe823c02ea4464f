package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus.Phase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What only a broker shows of sources: transactions as readers see them, fencing, dead letters. */
class SourceIT {
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  @TempDir static Path kafkaDir;
  private static EmbeddedKafka kafka;

  @TempDir Path dataDir;
  private String test;
  private Worker worker;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.builder().dataDir(kafkaDir).start();
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void name(TestInfo info) {
    test = info.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void stopWorker() {
    worker.close();
  }

  @Test
  @DisplayName("§5.3 polls are transactions, and a restarted task goes on behind the last one")
  void boundaryPoll() throws Exception {
    start("enabled");
    create(source());
    assertThat(committed(20)).isEqualTo(numbers(20, n -> true));
    worker.close();
    start("enabled");
    var more = source();
    more.put("limit", "30");
    done(new Command.Configure("src", more));
    assertThat(committed(30)).isEqualTo(numbers(30, n -> true));
  }

  @Test
  @DisplayName("§5.4 a transaction of an interval is seen after it")
  void boundaryInterval() throws Exception {
    start("enabled");
    var config = source();
    config.put("transaction.boundary", "interval");
    config.put("transaction.boundary.interval.ms", "500");
    create(config);
    assertThat(committed(20)).isEqualTo(numbers(20, n -> true));
  }

  @Test
  @DisplayName("§5.5 §5.6 transactions that a task defines are seen once committed, if they are")
  void boundaryConnector() throws Exception {
    start("enabled");
    var config = source();
    config.put("transaction.boundary", "connector");
    config.put("limit", "33");
    create(config);
    List<String> wanted = numbers(25, n -> n < 11 || n > 15);
    assertThat(committed(wanted.size())).as("up to 25, then aborted, then open").isEqualTo(wanted);
    worker.close();
    start("enabled");
    config.put("limit", "35");
    done(new Command.Configure("src", config));
    List<String> all = numbers(35, n -> n < 11 || (n > 15 && n <= 25) || n > 30);
    assertThat(committed(all.size())).as("31 to 33 are read again").isEqualTo(all);
  }

  @Test
  @DisplayName("§5.1 what a predecessor left open is never seen, and does not stay in the way")
  void predecessor() throws Exception {
    start("enabled");
    try (var killed = transactional()) {
      killed.beginTransaction();
      killed.send(new ProducerRecord<>(test, 0, null, "open")).get(2, TimeUnit.MINUTES);
      create(source());
      assertThat(committed(20)).isEqualTo(numbers(20, n -> true));
    }
  }

  @Test
  @DisplayName("§5.1 a task that was shut out fails and writes nothing more")
  void shutOut() throws Exception {
    start("enabled");
    var config = source();
    config.put("limit", "100000000");
    create(config);
    assertThat(committed(20)).hasSizeGreaterThanOrEqualTo(20);
    try (var successor = transactional()) {
      await("the task fails", () -> is(Phase.FAILED));
      assertThat(detail()).contains("another instance of this task has taken its place");
      successor.beginTransaction();
      successor.send(new ProducerRecord<>(test, 0, null, "last")).get(2, TimeUnit.MINUTES);
      successor.commitTransaction();
    }
    assertThat(until("last")).endsWith("last").doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("§5.11 a transaction that expires fails the task, which says so")
  void expired() throws Exception {
    start("enabled");
    var config = source();
    config.put("transaction.boundary", "interval");
    config.put("transaction.boundary.interval.ms", "6000");
    config.put("producer.override.transaction.timeout.ms", "500");
    create(config);
    await("the task fails", () -> is(Phase.FAILED));
    assertThat(detail())
        .contains("Failed to flush offsets and/or records for task src-0")
        .contains("has expired")
        .contains("producer.override.transaction.timeout.ms");
    var seen = committed(0);
    assertThat(seen)
        .as("of transactions before, where the machine is slow; nothing of the one that expired")
        .hasSizeLessThan(20)
        .isEqualTo(numbers(seen.size(), n -> true));
  }

  @Test
  @DisplayName("§5.16 with restart.policy=backoff it comes back, and nothing is lost or twice")
  void comesBack() throws Exception {
    start("enabled");
    var config = source();
    config.put("transaction.boundary", "interval");
    config.put("transaction.boundary.interval.ms", "200");
    config.put("producer.override.transaction.timeout.ms", "500");
    config.put("nap.ms", "5000");
    config.put("restart.policy", "backoff");
    create(config);
    assertThat(committed(20)).isEqualTo(numbers(20, n -> true));
    assertThat(worker.events().newest(100, e -> e.what().equals("FAILED")))
        .as("it has failed and come back; more than once where the machine is slow")
        .isNotEmpty()
        .allSatisfy(event -> assertThat(event.reason()).contains("restart.policy=backoff"));
  }

  @Test
  @DisplayName("§5.14 a record that cannot be converted has a letter, and the others are there")
  void letterOfExactlyOnce() throws Exception {
    start("enabled");
    var config = tolerant();
    config.put("bad", "9");
    create(config);
    assertThat(committed(19)).isEqualTo(numbers(20, n -> n != 9));
    var letter = letter();
    assertThat(letter.value()).isEqualTo("9");
    assertThat(header(letter, "__connect.errors.stage")).isEqualTo("VALUE_CONVERTER");
    assertThat(header(letter, "__millrace.errors.source.offset")).isEqualTo("{\"n\":9}");
  }

  @Test
  @DisplayName("§4.10 §4.22 a record that is too large has a letter, and the others are there")
  void tooLarge() throws Exception {
    start("disabled");
    var config = tolerant();
    config.put("large", "9");
    config.put("pipeline.lanes", "3");
    config.put("bad", "11");
    create(config);
    assertThat(committed(18)).isEqualTo(numbers(20, n -> n != 9 && n != 11));
    var letters = read(test + "-dlq", found -> found.size() >= 2);
    var large = letters.stream().filter(l -> !"11".equals(l.value())).findFirst().orElseThrow();
    assertThat(large.value()).startsWith("\"9xxx").hasSize(16 * 1024);
    assertThat(header(large, "__connect.errors.stage")).isEqualTo("KAFKA_PRODUCE");
    assertThat(header(large, "__millrace.errors.cut")).contains("value of 3000003 bytes");
    worker.close();
    start("disabled");
    var more = tolerant();
    more.put("limit", "21");
    done(new Command.Configure("src", more));
    assertThat(committed(19)).isEqualTo(numbers(21, n -> n != 9 && n != 11));
  }

  @Test
  @DisplayName("§4.19 a topic is created as the first group that matches says; one there is kept")
  void topicCreation() throws Exception {
    start("disabled");
    var config = source();
    config.put("topic.creation.groups", "mine,all");
    config.put("topic.creation.mine.include", "topic.*");
    config.put("topic.creation.mine.partitions", "4");
    config.put("topic.creation.all.include", ".*");
    config.put("topic.creation.default.partitions", "2");
    config.put("topic.creation.default.replication.factor", "1");
    create(config);
    var made = new AtomicInteger();
    await("the topic is created", () -> made.updateAndGet(before -> partitions()) > 0);
    assertThat(made).hasValue(4);
  }

  private int partitions() {
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      return admin
          .describeTopics(List.of(test))
          .allTopicNames()
          .get()
          .get(test)
          .partitions()
          .size();
    } catch (Exception e) {
      return 0;
    }
  }

  private void start(String exactlyOnce) throws Exception {
    var settings = new HashMap<String, String>();
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("group.id", "it-" + test);
    settings.put("millrace.data.dir", dataDir.toString());
    settings.put("exactly.once.source.support", exactlyOnce);
    settings.put("offset.storage.topic", "offsets-" + test);
    worker = Worker.builder().settings(WorkerSettings.of(settings)).start();
    worker.started().get(2, TimeUnit.MINUTES);
  }

  private Map<String, String> source() {
    var config = new HashMap<String, String>();
    config.put("name", "src");
    config.put("connector.class", TrickySource.class.getName());
    config.put("topic", test);
    config.put("value.converter.schemas.enable", "false");
    config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    return config;
  }

  private Map<String, String> tolerant() {
    var config = source();
    config.put("errors.tolerance", "all");
    config.put("errors.deadletterqueue.topic.name", test + "-dlq");
    config.put("errors.deadletterqueue.topic.replication.factor", "1");
    config.put("errors.deadletterqueue.context.headers.enable", "true");
    return config;
  }

  private KafkaProducer<String, String> transactional() {
    var producer =
        new KafkaProducer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "transactional.id",
                "it-" + test + "-src-0"),
            new StringSerializer(),
            new StringSerializer());
    producer.initTransactions();
    return producer;
  }

  private void create(Map<String, String> config) throws Exception {
    done(new Command.Create("src", config, TargetState.STARTED));
  }

  private void done(Command command) throws Exception {
    assertThat(worker.submit(command).get(2, TimeUnit.MINUTES))
        .isInstanceOf(CommandResult.Done.class);
  }

  private boolean is(Phase phase) {
    var status = worker.statuses().of(new WorkId("src", 0));
    return status.filter(e -> e.status().phase() == phase).isPresent();
  }

  private String detail() {
    return worker.statuses().of(new WorkId("src", 0)).orElseThrow().status().detail();
  }

  private static List<String> numbers(int to, IntPredicate which) {
    return IntStream.rangeClosed(1, to).filter(which).mapToObj(n -> "\"" + n + "\"").toList();
  }

  /** What a reader of committed records sees, once it has seen so many. */
  private List<String> committed(int atLeast) {
    return values(read(test, found -> found.size() >= atLeast));
  }

  private List<String> until(String value) {
    return values(read(test, found -> found.stream().anyMatch(r -> value.equals(r.value()))));
  }

  private static List<String> values(List<ConsumerRecord<String, String>> records) {
    return records.stream().map(ConsumerRecord::value).toList();
  }

  private ConsumerRecord<String, String> letter() {
    return read(test + "-dlq", found -> !found.isEmpty()).getFirst();
  }

  private static String header(ConsumerRecord<String, String> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private interface Enough {
    boolean test(List<ConsumerRecord<String, String>> found);
  }

  /** Beyond what is enough it looks once more, for what must not be there. */
  private static List<ConsumerRecord<String, String>> read(String topic, Enough enough) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
    List<ConsumerRecord<String, String>> found = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      var partition = List.of(new TopicPartition(topic, 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      long end = System.nanoTime() + DEADLINE.toNanos();
      boolean last;
      do {
        last = enough.test(found) || System.nanoTime() > end;
        consumer.poll(Duration.ofMillis(500)).forEach(found::add);
      } while (!last);
    }
    return found;
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }
}
