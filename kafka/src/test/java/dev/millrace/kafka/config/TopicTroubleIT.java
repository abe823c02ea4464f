package dev.millrace.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.ClientSettings;
import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.kafka.TopicSpec;
import dev.millrace.kafka.TopicTail;
import dev.millrace.kafka.Topics;
import dev.millrace.kafka.status.StatusTopic;
import dev.millrace.model.Fact;
import dev.millrace.model.Rejection;
import dev.millrace.model.control.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the config topic's reader and writer tell when Kafka does not do what they ask. */
final class TopicTroubleIT {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final AclOperation ALL = AclOperation.ALL;
  private static final Fact SMALL = new Fact.Configured("small", Map.of("k", "v"));
  private static final Fact OTHER = new Fact.Configured("other", Map.of("k", "v"));

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static Admin admin;

  @BeforeAll
  static void start() {
    kafka =
        EmbeddedKafka.builder()
            .dataDir(dir)
            .setting(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .setting("allow.everyone.if.no.acl.found", "true")
            .start();
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    admin.close(Duration.ZERO);
    kafka.close();
  }

  /** A worker that takes itself for the leader, without a group. */
  private static final class Node implements AutoCloseable {
    final String topic;
    final String transactions;
    final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Event> told = new ArrayList<>();
    private final TopicReader reader;
    private final TopicWriter writer;
    private volatile BooleanSupplier leads = () -> true;

    Node(String cluster) {
      this(cluster, Map.of(), Map.of());
    }

    Node(String cluster, Map<String, String> ofTopic, Map<String, String> ofWorker) {
      this.topic = cluster + "-configs";
      this.transactions = "connect-cluster-" + cluster;
      var worker = new HashMap<>(ofWorker);
      worker.put("bootstrap.servers", kafka.bootstrapServers());
      worker.put("group.id", cluster);
      var clients = new ClientSettings(worker, "");
      var settings =
          new TopicLogSettings(
              new TopicSpec(topic, 1, (short) 1, ofTopic),
              clients.configLogProducer(),
              clients.configLogConsumer(),
              clients.configLogAdmin());
      reader = new TopicReader(settings, cluster);
      writer = new TopicWriter(settings, reader, generation -> leads.getAsBoolean());
      writer.start(events::add, failure::complete);
      reader.start(events::add, failure::complete, writer::letGo);
    }

    Event next(Predicate<Event> wanted) throws InterruptedException {
      long end = System.nanoTime() + DEADLINE.toNanos();
      while (System.nanoTime() < end) {
        assertThat(failure).as("what ends the worker").isNotDone();
        var event = events.poll(1, TimeUnit.SECONDS);
        if (event == null) continue;
        told.add(event);
        if (wanted.test(event)) return event;
      }
      throw new AssertionError("told only " + told);
    }

    <E extends Event> E next(Class<E> type) throws InterruptedException {
      return type.cast(next(type::isInstance));
    }

    /** The last one of what came before that which {@link #next} was called for. */
    <E extends Event> E lastTold(Class<E> type) {
      return type.cast(told.stream().filter(type::isInstance).toList().getLast());
    }

    int claim() throws InterruptedException {
      writer.claim(1);
      return next(Event.Claimed.class).claim();
    }

    Event.AppendFailed fails(int claim, Fact... facts) throws InterruptedException {
      writer.append(claim, 7, List.of(facts));
      var failed = next(Event.AppendFailed.class);
      assertThat(failed.proposal()).isEqualTo(7);
      return failed;
    }

    void writes(int claim, Fact fact) throws InterruptedException {
      writer.append(claim, 8, List.of(fact));
      next(e -> e instanceof Event.FactRead(var at, var read) && read.equals(fact));
    }

    @Override
    public void close() {
      writer.close();
      reader.close();
    }
  }

  // ---- rights ----------------------------------------------------------------------------------

  @Test
  void aTopicThatMayNotBeWrittenIsNamedUntilItMay() throws Exception {
    try (var node = new Node("topic-right")) {
      int claim = node.claim();
      node.writes(claim, SMALL);
      var denied = deny(ResourceType.TOPIC, node.topic, AclOperation.WRITE);
      var failed = node.fails(claim, OTHER);
      assertThat(failed.certain()).isTrue();
      assertThat(failed.refused()).isEmpty();
      var refused = node.lastTold(Event.WriteRefused.class);
      assertNames(refused.why(), node);
      assertThat(node.writer.refusal()).contains(refused.why());
      allow(denied);
      node.writes(node.claim(), OTHER);
      // What is written may be read before the writer hears that it is committed.
      await(() -> node.writer.refusal().isEmpty());
    }
  }

  @Test
  void aTransactionalIdThatMayNotBeUsedIsNamedUntilItMay() throws Exception {
    try (var node = new Node("id-right")) {
      var id = node.transactions;
      var denied = deny(ResourceType.TRANSACTIONAL_ID, id, AclOperation.WRITE);
      for (int i = 0; i < 2; i++) {
        node.writer.claim(1);
        assertNames(node.next(Event.WriteRefused.class).why(), node);
      }
      allow(denied);
      node.writes(node.claim(), SMALL);
    }
  }

  private static void assertNames(Rejection why, Node node) {
    assertThat(why.code()).isEqualTo(Rejection.Code.UNAVAILABLE);
    assertThat(why.message()).contains("may not write the config topic '" + node.topic + "'");
    assertThat(why.hint())
        .contains("WRITE and DESCRIBE on the topic")
        .contains("transactional id '" + node.transactions + "'");
  }

  @Test
  void aTopicThatMayNotBeReadIsWaitedFor() throws Exception {
    try (var node = new Node("read-right")) {
      int claim = node.claim();
      node.writes(claim, SMALL);
      var denied = deny(ResourceType.TOPIC, node.topic, AclOperation.READ);
      var trouble = node.next(e -> e instanceof Event.LogTrouble(var why) && why.isPresent());
      assertThat(trouble.toString()).contains("'" + node.topic + "' may not be read");
      allow(denied);
      node.next(e -> e instanceof Event.LogTrouble(var why) && why.isEmpty());
      node.writes(node.claim(), OTHER);
    }
  }

  /** Counts what is given to the producer. */
  public static final class Sent implements ProducerInterceptor<byte[], byte[]> {
    static final AtomicInteger COUNT = new AtomicInteger();

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
      COUNT.incrementAndGet();
      return record;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception error) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
  }

  /** Work goes on meanwhile; what others should have heard of they hear later: the newest of it. */
  @Test
  void aStatusTopicThatMayNotBeWrittenIsWaitedFor() throws Exception {
    var clients =
        new ClientSettings(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", "statuses"), "");
    var settings =
        new TopicTail.Settings(
            new TopicSpec("statuses", 1, (short) 1, Map.of()),
            clients.statusConsumer(),
            clients.statusAdmin(),
            topics -> {});
    var events = new LinkedBlockingQueue<Event>();
    var failure = new CompletableFuture<Throwable>();
    var producer = new HashMap<>(clients.statusProducer());
    producer.put("linger.ms", "2000");
    producer.put("interceptor.classes", Sent.class.getName());
    try (var statuses = new StatusTopic(settings, producer, InstantSource.system())) {
      statuses.start(events::add, failure::complete);
      statuses.report("m", new TreeSet<>(), 1);
      awaitReport(events, 1);
      var denied = deny(ResourceType.TOPIC, "statuses", AclOperation.WRITE);
      for (int newer = 2; newer <= 3; newer++) { // both are under way when they are refused
        int sent = Sent.COUNT.get();
        statuses.report("m", new TreeSet<>(), newer);
        await(() -> Sent.COUNT.get() > sent);
      }
      await(() -> statuses.trouble().contains("may not write the status topic 'statuses'"));
      allow(denied);
      awaitReport(events, 3);
      await(() -> statuses.trouble().isEmpty());
      assertThat(failure).isNotDone();
    }
  }

  private static void awaitReport(LinkedBlockingQueue<Event> events, long offset)
      throws InterruptedException {
    var event = events.poll(120, TimeUnit.SECONDS);
    while (event != null && !new Event.Reported("m", new TreeSet<>(), offset).equals(event)) {
      event = events.poll(120, TimeUnit.SECONDS);
    }
    assertThat(event).as("the report at %d", offset).isNotNull();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }

  // ---- a topic that is deleted -----------------------------------------------------------------

  @Test
  void aTopicThatIsDeletedIsSaidToBeSoAndNotMadeAgain() throws Exception {
    try (var node = new Node("deleted")) {
      int claim = node.claim();
      node.writes(claim, SMALL);
      admin.deleteTopics(List.of(node.topic)).all().get(2, TimeUnit.MINUTES);
      var gone = node.next(e -> e instanceof Event.LogTrouble(var why) && why.isPresent());
      assertThat(gone.toString()).contains("'" + node.topic + "' is not there any more");
      assertThat(admin.listTopics().names().get(2, TimeUnit.MINUTES)).doesNotContain(node.topic);
      assertThat(node.fails(claim, OTHER).certain()).as("its producer was closed").isTrue();
      var spec = new TopicSpec(node.topic, 1, (short) 1, Map.of()).compacted();
      new Topics(admin, DEADLINE).create(spec);
      node.next(
          e ->
              e instanceof Event.LogTrouble(var why)
                  && why.toString().contains("is another one than this worker has read"));
    }
  }

  // ---- appends ---------------------------------------------------------------------------------

  @Test
  void aRecordThatTheTopicDoesNotTakeIsNamedWithItsSizeAndTheLimit() throws Exception {
    try (var node = new Node("small", Map.of("max.message.bytes", "10000"), Map.of())) {
      assertRefusesLarge(node, 20_000, "max.message.bytes of the topic (10000)");
    }
  }

  @Test
  void aRecordThatTheProducerDoesNotSendIsNamedLikewise() throws Exception {
    try (var node = new Node("requests", Map.of(), Map.of("max.request.size", "9999"))) {
      assertRefusesLarge(node, 20_000, "max.request.size of the workers (9999)");
    }
  }

  private static void assertRefusesLarge(Node node, int size, String limit) throws Exception {
    var large = new Fact.TasksComputed("c", List.of(Map.of(), Map.of("k", "v".repeat(size))));
    var failed = node.fails(node.claim(), SMALL, large, OTHER);
    assertThat(failed.certain()).isTrue();
    assertThat(failed.refused().keySet().equals(Set.of(large))).as("large alone").isTrue();
    var why = failed.refused().get(large);
    assertThat(why.code()).isEqualTo(Rejection.Code.INVALID);
    assertThat(why.message())
        .contains("The configuration of task c-1 has 200")
        .contains("'" + node.topic + "'")
        .contains(limit);
    node.writes(node.claim(), OTHER);
    assertThat(node.told)
        .noneMatch(e -> e instanceof Event.FactRead(var at, var fact) && fact.equals(SMALL));
  }

  @Test
  void whoWasShutOutHearsOfIt() throws Exception {
    try (var old = new Node("shut-out");
        var newer = new Node("shut-out")) {
      int claim = old.claim();
      old.writes(claim, SMALL);
      int other = newer.claim();
      old.fails(claim, OTHER);
      newer.writes(other, OTHER);
    }
  }

  /** Such as after the process was suspended: who leads now is not shut out by it. */
  @Test
  void aClaimForAGenerationThatIsOverIsNotMade() throws Exception {
    try (var old = new Node("late-claim");
        var newer = new Node("late-claim")) {
      int claim = newer.claim();
      newer.writes(claim, SMALL);
      old.leads = () -> false;
      old.writer.claim(1);
      assertThat(old.fails(1, OTHER).certain()).as("it comes after the claim").isTrue();
      newer.writes(claim, OTHER);
    }
  }

  /** As when memory is short: who writes no more must not seem to lead. */
  @Test
  void anErrorOfTheWritersThreadIsTold() throws Exception {
    try (var node = new Node("error")) {
      node.leads =
          () -> {
            throw new OutOfMemoryError("as a test wants it");
          };
      node.writer.claim(1);
      assertThat(node.failure.get(2, TimeUnit.MINUTES))
          .hasMessageContaining("'" + node.topic + "'")
          .hasMessageContaining("as a test wants it");
    }
  }

  /** A record that this version does not know is awaited like any other. */
  @Test
  void whatIsNotKnownIsPassed() throws Exception {
    try (var node = new Node("newer")) {
      node.writes(node.claim(), SMALL);
      var settings = new HashMap<String, Object>();
      settings.put("bootstrap.servers", kafka.bootstrapServers());
      var text = new StringSerializer();
      try (var other = new KafkaProducer<>(settings, text, text)) {
        var sent = other.send(new ProducerRecord<>(node.topic, "kind-of-tomorrow", "{}"));
        long at = sent.get(2, TimeUnit.MINUTES).offset();
        node.next(new Event.Passed(at)::equals);
      }
    }
  }

  private static AclBinding deny(ResourceType type, String name, AclOperation what)
      throws Exception {
    var pattern = new ResourcePattern(type, name, PatternType.LITERAL);
    var entry = new AccessControlEntry("User:ANONYMOUS", "*", what, AclPermissionType.DENY);
    var denied = new AclBinding(pattern, entry);
    var others = new AccessControlEntry("User:ANONYMOUS", "*", ALL, AclPermissionType.ALLOW);
    var bindings = List.of(new AclBinding(pattern, others), denied);
    admin.createAcls(bindings).all().get(2, TimeUnit.MINUTES);
    awaitApplied(denied, true);
    return denied;
  }

  private static void allow(AclBinding denied) throws Exception {
    admin.deleteAcls(List.of(denied.toFilter())).all().get(2, TimeUnit.MINUTES);
    awaitApplied(denied, false);
  }

  /** The controller answers before the broker, which is asked here, has heard of it. */
  private static void awaitApplied(AclBinding rule, boolean there) {
    await(
        () ->
            admin
                    .describeAcls(rule.toFilter())
                    .values()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .isEmpty()
                != there);
  }
}
