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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sinks over a real broker: what only a broker shows. Each test has its own topics and group. */
class SinkIT {
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final long MAX_POLL_MS = 10_000; // the process may stand still for most of it
  private static final long LONG_PUT_MS = MAX_POLL_MS + MAX_POLL_MS / 4;

  @TempDir static Path kafkaDir;
  @TempDir static Path dataDir;
  private static EmbeddedKafka kafka;
  private static Worker worker;
  private static Admin admin;
  private static KafkaProducer<String, String> producer;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.builder().dataDir(kafkaDir).start();
    Map<String, Object> servers = Map.of("bootstrap.servers", kafka.bootstrapServers());
    admin = Admin.create(servers);
    Map<String, Object> oneAtATime = // or a new topic may take the second batch before the first
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "max.in.flight.requests.per.connection",
            "1");
    producer = new KafkaProducer<>(oneAtATime, new StringSerializer(), new StringSerializer());
    worker =
        Worker.builder()
            .settings(
                WorkerSettings.of(
                    Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "group.id",
                        "sink-it",
                        "millrace.data.dir",
                        dataDir.toString(),
                        "key.converter",
                        "org.apache.kafka.connect.storage.StringConverter",
                        "value.converter",
                        "org.apache.kafka.connect.storage.StringConverter",
                        "offset.flush.interval.ms",
                        "500")))
            .start();
    worker.started().get(2, TimeUnit.MINUTES);
  }

  @AfterAll
  static void stop() {
    worker.close();
    producer.close();
    admin.close();
    kafka.close();
  }

  private static Map<String, String> sink(String name) {
    Map<String, String> config = new HashMap<>();
    config.put("name", name);
    config.put("connector.class", ProbeSink.class.getName());
    config.put("topics", name);
    return config;
  }

  private static void create(Map<String, String> config) throws Exception {
    var command = new Command.Create(config.get("name"), config, TargetState.STARTED);
    assertThat(worker.submit(command).get(2, TimeUnit.MINUTES))
        .isInstanceOf(CommandResult.Done.class);
  }

  private static void topic(String name, int partitions) throws Exception {
    admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
  }

  private static void send(String topic, int partition, String... values) throws Exception {
    List<Future<?>> sent = new ArrayList<>();
    for (String value : values) {
      sent.add(producer.send(new ProducerRecord<>(topic, partition, "k", value)));
    }
    for (Future<?> one : sent) one.get(3, TimeUnit.MINUTES);
  }

  private static long committed(String connector, int partition) {
    try {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          admin
              .listConsumerGroupOffsets("connect-" + connector)
              .partitionsToOffsetAndMetadata()
              .get();
      OffsetAndMetadata offset = offsets.get(new TopicPartition(connector, partition));
      return offset == null ? 0 : offset.offset();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Collection<MemberDescription> members(String connector) throws Exception {
    String group = "connect-" + connector;
    return admin
        .describeConsumerGroups(List.of(group))
        .describedGroups()
        .get(group)
        .get()
        .members();
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
    }
  }

  /** Time is what the test is about. */
  private static void pass(long ms) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    await("time", () -> System.nanoTime() > end);
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  @DisplayName("§6.25 A put beyond the poll interval costs neither membership nor repeats")
  void slowPut(String protocol) throws Exception {
    String name = "slow-" + protocol;
    topic(name, 2);
    Map<String, String> config = sink(name);
    config.put("consumer.override.group.protocol", protocol);
    config.put("consumer.override.max.poll.interval.ms", String.valueOf(MAX_POLL_MS));
    create(config);
    ProbeSink.Log log = ProbeSink.log(name);
    await("open", () -> !log.events.isEmpty());
    send(name, 0, "slow", "b");
    assertThat(log.busy.await(3, TimeUnit.MINUTES)).isTrue();
    String before = members(name).iterator().next().consumerId();
    send(name, 1, "c");
    pass(LONG_PUT_MS);
    assertThat(members(name)).hasSize(1);
    log.goOn.countDown();
    await("commits", () -> committed(name, 0) == 2 && committed(name, 1) == 1);
    assertThat(log.values).containsExactlyInAnyOrder("slow@" + name, "b@" + name, "c@" + name);
    assertThat(log.events).containsExactly("open 2");
    assertThat(members(name).iterator().next().consumerId()).isEqualTo(before);
  }

  private static KafkaConsumer<String, String> rival(String name, Class<?> assignor) {
    var rival =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "group.id",
                "connect-" + name,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false",
                "partition.assignment.strategy",
                assignor.getName()),
            new StringDeserializer(),
            new StringDeserializer());
    rival.subscribe(List.of(name));
    return rival;
  }

  @ParameterizedTest
  @ValueSource(classes = {RangeAssignor.class, CooperativeStickyAssignor.class})
  @DisplayName("§6.25 A member that joins during a long put gets its share, and nothing is lost")
  void joinDuringASlowPut(Class<?> assignor) throws Exception {
    String name = "join-" + assignor.getSimpleName();
    topic(name, 2);
    Map<String, String> config = sink(name);
    config.put("consumer.override.partition.assignment.strategy", assignor.getName());
    config.put("consumer.override.max.poll.interval.ms", String.valueOf(MAX_POLL_MS));
    create(config);
    ProbeSink.Log log = ProbeSink.log(name);
    await("open", () -> !log.events.isEmpty());
    send(name, 0, "slow", "a");
    assertThat(log.busy.await(3, TimeUnit.MINUTES)).isTrue();
    send(name, 1, "b");
    try (var rival = rival(name, assignor)) {
      await("a share for the rival", () -> poll(rival) == 1);
      assertThat(members(name)).hasSize(2);
      assertThat(log.events).as("nothing is called during put").containsExactly("open 2");
      pass(LONG_PUT_MS);
      assertThat(poll(rival)).isEqualTo(1);
      assertThat(members(name)).hasSize(2);
      log.goOn.countDown();
      int mine = 1 - rival.assignment().iterator().next().partition();
      await("commits of what is kept", () -> poll(rival) == 1 && committed(name, mine) > 0);
    }
    await("all", () -> committed(name, 0) == 2 && committed(name, 1) == 1);
    assertThat(log.values).contains("slow@" + name, "a@" + name, "b@" + name);
  }

  private static int poll(KafkaConsumer<String, String> rival) {
    var unused = rival.poll(Duration.ofMillis(100));
    return rival.assignment().size();
  }

  @Test
  @DisplayName("§6.25 A task that hangs in put leaves its group once it is given up")
  void hangingPutLeavesTheGroup() throws Exception {
    topic("hang", 1);
    create(sink("hang"));
    send("hang", 0, "slow");
    assertThat(ProbeSink.log("hang").busy.await(3, TimeUnit.MINUTES)).isTrue();
    var unused = worker.submit(new Command.Delete("hang")).get(2, TimeUnit.MINUTES);
    await(
        "an empty group",
        () -> {
          try {
            return members("hang").isEmpty();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    assertThat(committed("hang", 0)).isZero();
    ProbeSink.log("hang").goOn.countDown();
  }

  @Test
  @DisplayName("§6.1 topics.regex picks up a topic that is created later")
  void regexPicksUpNewTopics() throws Exception {
    topic("match-1", 1);
    Map<String, String> config = sink("match");
    config.remove("topics");
    config.put("topics.regex", "match-.*");
    config.put("consumer.override.metadata.max.age.ms", "500");
    create(config);
    send("match-1", 0, "a");
    ProbeSink.Log log = ProbeSink.log("match");
    await("first topic", () -> log.values.contains("a@match-1"));
    topic("match-2", 1);
    send("match-2", 0, "b");
    await("second topic", () -> log.values.contains("b@match-2"));
  }

  @ParameterizedTest
  @ValueSource(classes = {RangeAssignor.class, CooperativeStickyAssignor.class})
  @DisplayName("§6.14 §6.15 Two tasks share the partitions; when one goes, the other has all")
  void twoTasks(Class<?> assignor) throws Exception {
    String name = "two-" + assignor.getSimpleName();
    topic(name, 4);
    Map<String, String> config = sink(name);
    config.put("tasks.max", "2");
    config.put("consumer.override.partition.assignment.strategy", assignor.getName());
    create(config);
    await(
        "two tasks",
        () ->
            IntStream.of(0, 1)
                .allMatch(
                    n ->
                        worker
                            .statuses()
                            .of(new WorkId(name, n))
                            .filter(e -> e.status().phase() == Phase.RUNNING)
                            .isPresent()));
    ProbeSink.Log log = ProbeSink.log(name);
    for (int p = 0; p < 4; p++) {
      send(name, p, "a" + p);
    }
    await("first records", () -> containsAll(log, name, "a"));
    config.put("tasks.max", "1");
    var unused = worker.submit(new Command.Configure(name, config)).get(2, TimeUnit.MINUTES);
    for (int p = 0; p < 4; p++) {
      send(name, p, "b" + p);
    }
    await("second records", () -> containsAll(log, name, "b"));
    await("commits", () -> IntStream.range(0, 4).allMatch(p -> committed(name, p) == 2));
  }

  private static boolean containsAll(ProbeSink.Log log, String topic, String prefix) {
    return IntStream.range(0, 4).allMatch(p -> log.values.contains(prefix + p + "@" + topic));
  }

  @Test
  @DisplayName("§6.26 The bad record of a batch is in the dead letter queue, with its context")
  void badRecordsOfABatchAreDeadLetters() throws Exception {
    topic("dlq", 1);
    send("dlq", 0, "a", "bad", "c");
    Map<String, String> config = sink("dlq");
    config.put("errors.tolerance", "all");
    config.put("errors.put.bisect", "true");
    config.put("pipeline.lanes", "2");
    config.put("errors.deadletterqueue.topic.name", "dlq-letters");
    config.put("errors.deadletterqueue.topic.replication.factor", "1");
    config.put("errors.deadletterqueue.context.headers.enable", "true");
    create(config);
    await("commit", () -> committed("dlq", 0) == 3);
    assertThat(ProbeSink.log("dlq").values).contains("a@dlq", "c@dlq").doesNotContain("bad@dlq");
    ConsumerRecord<String, String> letter = first("dlq-letters");
    assertThat(letter.value()).isEqualTo("bad");
    assertThat(letter.key()).isEqualTo("k");
    assertThat(header(letter, "topic")).isEqualTo("dlq");
    assertThat(header(letter, "partition")).isEqualTo("0");
    assertThat(header(letter, "offset")).isEqualTo("1");
    assertThat(header(letter, "stage")).isEqualTo("TASK_PUT");
    assertThat(header(letter, "exception.message")).isEqualTo("refused by the sink");
  }

  private static String header(ConsumerRecord<String, String> record, String name) {
    byte[] value = record.headers().lastHeader("__connect.errors." + name).value();
    return new String(value, StandardCharsets.UTF_8);
  }

  private static ConsumerRecord<String, String> first(String topic) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
            new StringDeserializer(),
            new StringDeserializer())) {
      var partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = System.nanoTime() + DEADLINE.toNanos();
      while (System.nanoTime() < end) {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          return record;
        }
      }
    }
    throw new AssertionError("No record in " + topic);
  }
}
