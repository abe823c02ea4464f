package dev.millrace.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.ClientSettings;
import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.kafka.TopicSpec;
import dev.millrace.kafka.TopicTail;
import dev.millrace.kafka.TopicTrouble;
import dev.millrace.kafka.group.GroupSettings;
import dev.millrace.kafka.group.Peer;
import dev.millrace.model.Fact;
import dev.millrace.model.TargetState;
import dev.millrace.model.control.Event;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The config topic and the group against a real Kafka. */
final class TopicConfigLogIT {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

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

  /** One worker's log, and what it has told. */
  private static final class Node implements AutoCloseable {
    final TopicConfigLog log;
    final String id;
    final List<Event> told = new ArrayList<>();
    final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();

    Node(String cluster, String id) {
      this(cluster, id, Duration.ofSeconds(30));
    }

    Node(String cluster, String id, Duration isolation) {
      this(cluster, id, isolation, event -> {});
    }

    /** One whose control thread takes its time, as {@code slow} does. */
    Node(String cluster, String id, Duration isolation, Consumer<Event> slow) {
      this.id = id;
      var clients =
          new ClientSettings(
              Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", cluster), "");
      var topic =
          new TopicLogSettings(
              new TopicSpec(cluster + "-configs", 1, (short) 1, Map.of()),
              clients.configLogProducer(),
              clients.configLogConsumer(),
              clients.configLogAdmin());
      var membership =
          new GroupSettings(
              cluster,
              clients.groupMember(id),
              new GroupSettings.Times(
                  Duration.ofSeconds(30),
                  Duration.ofMillis(500),
                  Duration.ofSeconds(30),
                  isolation));
      log = new TopicConfigLog(topic, membership, new Peer(id, "http://" + id + ":8083/"));
      log.start(
          event -> {
            events.add(event);
            slow.accept(event);
          },
          failure::complete);
    }

    /** The next event of which this holds; those before it are kept in {@link #told}. */
    Event next(Predicate<Event> wanted) throws InterruptedException {
      long end = System.nanoTime() + DEADLINE.toNanos();
      while (System.nanoTime() < end) {
        assertThat(failure).isNotCompletedExceptionally().isNotDone();
        Event event = events.poll(1, TimeUnit.SECONDS);
        if (event != null) {
          told.add(event);
          if (wanted.test(event)) {
            return event;
          }
        }
      }
      throw new AssertionError(id + " was told only " + told);
    }

    Event.Joined joined(int members) throws InterruptedException {
      return (Event.Joined)
          next(e -> e instanceof Event.Joined(var m) && m.members().size() == members);
    }

    int claim(Event.Joined joined) throws InterruptedException {
      log.claim(joined.membership().generation());
      return ((Event.Claimed) next(Event.Claimed.class::isInstance)).claim();
    }

    Event.FactRead fact(Fact fact) throws InterruptedException {
      return (Event.FactRead)
          next(e -> e instanceof Event.FactRead(var at, var read) && read.equals(fact));
    }

    @Override
    public void close() {
      log.close();
    }
  }

  @Test
  void everyWorkerReadsWhatTheLeaderWritesAndTheOffsetsAgree() throws Exception {
    List<Fact> facts =
        List.of(
            new Fact.Configured("c", Map.of("name", "c")),
            new Fact.TasksComputed("c", List.of(Map.of("task", "0"), Map.of("task", "1"))),
            new Fact.Retargeted("c", TargetState.PAUSED),
            new Fact.Deleted("c"));
    try (var one = new Node("agree", "one");
        var two = new Node("agree", "two")) {
      Node leader = one.joined(2).membership().leader().equals("one") ? one : two;
      Event.Joined joined =
          leader == two ? two.joined(2) : (Event.Joined) one.told.get(one.told.size() - 1);
      int claim = leader.claim(joined);
      leader.log.append(claim, 1, facts);
      var read = new ArrayList<Event.FactRead>();
      for (Fact fact : facts) {
        read.add(leader.fact(fact));
      }
      Event.Appended appended =
          (Event.Appended)
              leader.told.stream()
                  .filter(Event.Appended.class::isInstance)
                  .findFirst()
                  .orElseGet(() -> soon(leader, Event.Appended.class));
      assertThat(appended.end()).isEqualTo(read.get(3).offset());
      Node other = leader == one ? two : one;
      for (int i = 0; i < facts.size(); i++) {
        assertThat(other.fact(facts.get(i)).offset()).isEqualTo(read.get(i).offset());
      }
    }
    try (var later = new Node("agree", "three")) {
      var joined = later.joined(1);
      var last = later.told.stream().filter(Event.FactRead.class::isInstance).toList();
      assertThat(last).hasSize(6); // all is read before the worker is told that it is a member
      assertThat(joined.membership().barrier())
          .isEqualTo(((Event.FactRead) last.getLast()).offset());
    }
  }

  /** The leader knows its own facts before they can be read, but not before those of others. */
  @Test
  void whatIsWrittenIsKnownOnceAndInTheOrderOfTheLog() throws Exception {
    try (var writes = new Node("order", "writes");
        var reads = new Node("order", "reads");
        var other = new KafkaProducer<byte[], byte[]>(bytes())) {
      var joined = writes.joined(2);
      if (!joined.membership().leader().equals("writes")) joined = reads.joined(2);
      Node leader = joined.membership().leader().equals("writes") ? writes : reads;
      int claim = leader.claim(joined);
      for (int i = 0; i < 12; i++) {
        if (i % 4 == 3) { // as by a worker of Kafka Connect that was suspended
          var record = FactEncoder.encode(new Fact.Configured("other" + i, Map.of())).getFirst();
          var sent =
              new ProducerRecord<>("order-configs", text(record.key()), text(record.value()));
          other.send(sent).get(2, TimeUnit.MINUTES);
        }
        var change = new Fact.Configured("c" + i, Map.of("name", "c" + i));
        leader.log.append(claim, i, List.of(new Fact.Deleted("c" + (i - 1)), change));
        leader.fact(change);
      }
      var follower = leader == writes ? reads : writes;
      follower.fact(new Fact.Configured("c11", Map.of("name", "c11")));
      assertThat(facts(leader)).hasSize(12 * 4 + 3).isEqualTo(facts(follower));
    }
  }

  /** That is what Kafka Connect has left, and what is left otherwise. */
  @Test
  void recordsOfDeletedConnectorsAreTakenAway() throws Exception {
    create("left-configs", 1);
    try (var other = new KafkaProducer<byte[], byte[]>(bytes())) {
      for (var key : List.of("task-gone-0", "restart-connector-gone")) {
        var sent = new ProducerRecord<>("left-configs", text(key), text("{}"));
        other.send(sent).get(2, TimeUnit.MINUTES);
      }
    }
    try (var leader = new Node("left", "leader")) {
      int claim = leader.claim(leader.joined(1));
      var tasks = new Fact.TasksComputed("c", List.of(Map.of("task", "0")));
      leader.log.append(claim, 1, List.of(new Fact.Configured("c", Map.of()), tasks));
      leader.fact(tasks);
      leader.log.append(claim, 2, List.of(new Fact.Deleted("c")));
      leader.fact(new Fact.Deleted("c"));
    }
    var latest = new HashMap<String, String>();
    Map<String, Object> client =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
    var partition = new TopicPartition("left-configs", 0);
    try (var consumer =
        new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(500)).forEach(r -> latest.put(r.key(), r.value()));
      }
    }
    latest.values().removeIf(Objects::isNull);
    assertThat(latest)
        .containsOnlyKeys("commit-gone", "commit-c")
        .containsEntry("commit-c", "{\"tasks\":0}");
  }

  private static Map<String, Object> bytes() {
    return Map.of(
        "bootstrap.servers",
        kafka.bootstrapServers(),
        "key.serializer",
        ByteArraySerializer.class,
        "value.serializer",
        ByteArraySerializer.class);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Event> facts(Node node) {
    return node.told.stream().filter(Event.FactRead.class::isInstance).toList();
  }

  private static Event soon(Node node, Class<? extends Event> type) {
    try {
      return node.next(type::isInstance);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anEarlierClaimWritesNothing() throws Exception {
    try (var old = new Node("fence-a", "old")) {
      var joined = old.joined(1);
      int before = old.claim(joined);
      old.log.claim(joined.membership().generation());
      int after = ((Event.Claimed) old.next(Event.Claimed.class::isInstance)).claim();
      old.log.append(before, 1, List.of(new Fact.Configured("early", Map.of())));
      old.log.append(after, 2, List.of(new Fact.Configured("late", Map.of())));
      old.fact(new Fact.Configured("late", Map.of()));
      assertThat(old.told).noneMatch(TopicConfigLogIT::early);
    }
  }

  private static boolean early(Event event) {
    return event instanceof Event.FactRead(var at, Fact.Configured(var name, var config))
        && name.equals("early");
  }

  @Test
  void anotherWorkersClaimShutsOut() throws Exception {
    try (var old = new Node("fence-b", "old")) {
      int claim = old.claim(old.joined(1));
      try (var newer = new Node("fence-b", "newer")) {
        newer.claim(newer.joined(2));
        old.log.append(claim, 1, List.of(new Fact.Configured("early", Map.of())));
        int again = old.claim(old.joined(2));
        old.log.append(again, 2, List.of(new Fact.Configured("late", Map.of())));
        newer.fact(new Fact.Configured("late", Map.of()));
        assertThat(newer.told).noneMatch(TopicConfigLogIT::early);
      }
    }
  }

  @Test
  void whoLeavesIsGoneAtOnceAndTheOthersGoOn() throws Exception {
    try (var stays = new Node("leave", "stays")) {
      try (var leaves = new Node("leave", "leaves")) {
        leaves.joined(2);
        stays.joined(2);
      }
      var alone = stays.joined(1).membership();
      assertThat(alone.leader()).isEqualTo("stays");
      assertThat(stays.told).noneMatch(Event.Isolated.class::isInstance);
      assertThat(stays.log.roster().orElseThrow().urlOf("stays")).contains("http://stays:8083/");
    }
  }

  /** Those who are there wait for it to join again, until its session is over. */
  @Test
  void aMemberThatDiesAndOneThatComesInterruptNobody() throws Exception {
    var impatient = Duration.ofSeconds(8); // less than the dead one's session
    try (var stays = new Node("dies", "stays", impatient)) {
      stays.joined(1);
      try (var dead = new DeadMember(kafka.bootstrapServers(), "dies", "dead", 15_000)) {
        dead.join();
      }
      stays.joined(2);
      try (var comes = new Node("dies", "comes", impatient)) {
        assertThat(comes.joined(2).membership().members()).containsExactly("comes", "stays");
        stays.next(e -> e instanceof Event.Joined(var m) && m.members().contains("comes"));
        assertThat(stays.told).noneMatch(Event.Isolated.class::isInstance);
      }
    }
  }

  /** Where members are, nobody takes a topic that is missing for one that has never been. */
  private static void create(String topic, int partitions) throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      var compacted =
          new NewTopic(topic, partitions, (short) 1).configs(Map.of("cleanup.policy", "compact"));
      admin.createTopics(List.of(compacted)).all().get(2, TimeUnit.MINUTES);
    }
  }

  /** It has heard that all have joined, and they wait for it to tell who they are. */
  @Test
  void aLeaderThatDiesBeforeItTellsInterruptsNobody() throws Exception {
    var impatient = Duration.ofSeconds(8); // less than the dead one's session
    create("silent-configs", 1);
    try (var dead = new DeadMember(kafka.bootstrapServers(), "silent", "dead", 15_000)) {
      dead.join();
      dead.tell();
      try (var stays = dead.aliveDuring(() -> new Node("silent", "stays", impatient))) {
        dead.awaitNewcomer();
        dead.join();
        dead.tell();
        dead.aliveDuring(() -> stays.joined(2));
        try (var comes = dead.aliveDuring(() -> new Node("silent", "comes", impatient))) {
          dead.awaitNewcomer();
          dead.join();
          assertThat(comes.joined(2).membership().members()).containsExactly("comes", "stays");
          stays.next(e -> e instanceof Event.Joined(var m) && m.members().contains("comes"));
          assertThat(stays.told).noneMatch(Event.Isolated.class::isInstance);
        }
      }
    }
  }

  /** As by an administrator: it is a member again at once, but was none in between. */
  @Test
  void aMemberThatIsRemovedWhileItJoinsIsToldSo() throws Exception {
    create("removed-configs", 1);
    try (var dead = new DeadMember(kafka.bootstrapServers(), "removed", "dead", 12_000)) {
      dead.join();
      dead.tell();
      var patient = Duration.ofSeconds(60); // silence does not make it think that it is out
      try (var removed = dead.aliveDuring(() -> new Node("removed", "removed", patient))) {
        dead.awaitNewcomer();
        dead.join();
        dead.tell();
        dead.aliveDuring(() -> removed.joined(2));
        try (var comes = dead.aliveDuring(() -> new Node("removed", "comes"))) {
          dead.awaitNewcomer();
          dead.letOthersJoin();
          dead.removeOthers();
          comes.joined(2);
          removed.next(e -> e instanceof Event.Joined(var m) && m.members().contains("comes"));
          assertThat(removed.told).hasAtLeastOneElementOfType(Event.Isolated.class);
        }
      }
    }
  }

  /** It has let its work go, and the coordinator knows nothing of that. */
  @Test
  void whoWasOutOfContactJoinsAnewThoughTheGroupStillHasIt() throws Exception {
    var heldUp = new CountDownLatch(1);
    var impatient = Duration.ofMillis(300); // less than there is between two signs of life
    Consumer<Event> full = event -> awaitIf(event instanceof Event.Isolated, heldUp);
    try (var node = new Node("contact", "one", impatient, full)) {
      int first = node.joined(1).membership().generation();
      node.next(Event.Isolated.class::isInstance);
      var roster = CompletableFuture.supplyAsync(node.log::roster).get(2, TimeUnit.MINUTES);
      assertThat(roster).as("told though nobody takes the event").isEmpty();
      heldUp.countDown();
      assertThat(node.joined(1).membership().generation()).isGreaterThan(first);
    }
  }

  private static void awaitIf(boolean waits, CountDownLatch latch) {
    try {
      if (waits) assertThat(latch.await(3, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void manyFactsInOneBatchAreReadInOrder() throws Exception {
    try (var node = new Node("many", "one")) {
      int claim = node.claim(node.joined(1));
      List<Fact> facts =
          IntStream.range(0, 500)
              .<Fact>mapToObj(i -> new Fact.Configured("c" + i, Map.of("n", "" + i)))
              .toList();
      node.log.append(claim, 1, facts);
      node.fact(facts.get(499));
      assertThat(
              node.told.stream()
                  .filter(Event.FactRead.class::isInstance)
                  .map(e -> ((Event.FactRead) e).fact()))
          .containsExactlyElementsOf(facts);
    }
  }

  /** As when memory is short: who reads no more must not seem to be well. */
  @Test
  void anErrorOfTheReadersThreadIsTold() throws Exception {
    var clients = new ClientSettings(Map.of("bootstrap.servers", kafka.bootstrapServers()), "");
    var failure = new CompletableFuture<Throwable>();
    var settings =
        new TopicTail.Settings(
            new TopicSpec("short-of-memory", 1, (short) 1, Map.of()),
            clients.configLogConsumer(),
            clients.configLogAdmin(),
            topics -> {
              throw new OutOfMemoryError("as a test wants it");
            });
    try (var tail = new TopicTail(settings, "reads", new Failing(failure))) {
      tail.start();
      assertThat(failure.get(2, TimeUnit.MINUTES))
          .hasMessageContaining("Topic 'short-of-memory' cannot be used: as a test wants it");
    }
  }

  /** Takes records that never come. */
  private record Failing(CompletableFuture<Throwable> failure) implements TopicTail.Reader {
    @Override
    public void read(ConsumerRecord<byte[], byte[]> record) {
      throw new AssertionError(record);
    }

    @Override
    public void trouble(Optional<TopicTrouble> trouble) {
      throw new AssertionError(trouble);
    }

    @Override
    public void failed(Throwable error) {
      failure.complete(error);
    }
  }

  @Test
  void aTopicWithSeveralPartitionsIsRefused() throws Exception {
    create("wide-configs", 2);
    try (var node = new Node("wide", "one")) {
      assertThat(node.failure.get(2, TimeUnit.MINUTES))
          .hasMessageContaining("'wide-configs'")
          .hasMessageContaining("required to have a single partition")
          .hasMessageContaining("found 2 partitions");
    }
  }
}
