package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Rejection;
import dev.millrace.model.Restart;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several workers of one group in one JVM, over a real Kafka. */
class ClusterIT {
  private static final String AUTHORIZER =
      "org.apache.kafka.metadata.authorizer.StandardAuthorizer";
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  @TempDir static Path kafkaDir;
  private static EmbeddedKafka kafka;

  @TempDir Path dataDir;
  private final List<Worker> workers = new ArrayList<>();
  private String test;

  @BeforeAll
  static void startKafka() {
    kafka =
        EmbeddedKafka.builder()
            .dataDir(kafkaDir)
            .setting("authorizer.class.name", AUTHORIZER)
            .setting("allow.everyone.if.no.acl.found", "true")
            .start();
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
  void stopWorkers() {
    workers.forEach(Worker::close);
  }

  @Test
  void workIsSharedAndMovesWhenAWorkerLeaves() throws Exception {
    var one = start("1");
    var two = start("2");
    await("both know each other", () -> seen(one) == 2 && seen(two) == 2);
    var leader = leader();
    for (int i = 0; i < 4; i++) create(leader, "c" + i);
    await("all run", () -> runs(one) == 8 && runs(two) == 8);
    assertThat(holders(one)).containsExactlyInAnyOrder(one.member(), two.member());
    assertThat(local(one)).hasSize(4).doesNotContainAnyElementsOf(local(two));
    leader.close();
    var left = leader == one ? two : one;
    await("all run on the one that is left", () -> local(left).size() == 8 && runs(left) == 8);
    assertThat(left.members().leader()).isEqualTo(left.member());
    done(left, new Command.Delete("c0"));
    await("its statuses are gone", () -> left.statuses().of(WorkId.instance("c0")).isEmpty());
    var three = start("3");
    await("shared again", () -> local(left).size() <= 4 && local(three).size() >= 2);
    await("all run", () -> runs(left) == 6 && runs(three) == 6);
  }

  @Test
  void exactlyOnceTasksOfANewSetBeginWhenEarlierOnesAreFenced() throws Exception {
    var one = start("1", Map.of("exactly.once.source.support", "enabled"));
    var two = start("2", Map.of("exactly.once.source.support", "enabled"));
    await("both know each other", () -> seen(one) == 2 && seen(two) == 2);
    var leader = leader();
    for (int tasks : List.of(1, 3, 2)) {
      var config = config("c");
      config.put("limit", "100000");
      config.put("tasks.max", "3");
      config.put("tasks", String.valueOf(tasks));
      done(leader, new Command.Configure("c", config));
      await(tasks + " tasks", () -> one.state().connectors().get("c").tasks().size() == tasks);
      await("all run", () -> runs(one) == tasks + 1 && runs(two) == tasks + 1);
      // those of the set before may seem to run until they are told to stop
      await(tasks + " tasks fenced", () -> isFenced(two, "c", tasks));
    }
    await("both have the key", () -> one.sessionKey().isPresent() && two.sessionKey().isPresent());
    assertThat(one.sessionKey()).isEqualTo(two.sessionKey());
  }

  @Test
  void exactlyOnceIsSwitchedOnWorkerByWorker() throws Exception {
    var preparing = Map.of("exactly.once.source.support", "preparing");
    var enabled = Map.of("exactly.once.source.support", "enabled");
    var one = start("1", preparing);
    var two = start("2", preparing);
    await("both know each other", () -> seen(one) == 2 && seen(two) == 2);
    for (String name : List.of("c", "d")) {
      var config = config(name);
      config.put("limit", "100000");
      done(leader(), new Command.Configure(name, config));
    }
    await("all run", () -> runs(one) == 4 && runs(two) == 4);
    two.close();
    var newTwo = start("2", enabled);
    await("all run, some exactly once", () -> holds(newTwo, 1) && runs(one) == 4);
    one.close();
    var newOne = start("1", enabled);
    await("all run exactly once", () -> holds(newOne, 1) && runs(newTwo) == 4);
    for (String name : List.of("c", "d")) await("fenced", () -> isFenced(newTwo, name, 1));
  }

  private static boolean isFenced(Worker worker, String connector, int tasks) {
    var fencing = worker.state().fencing(connector);
    return !fencing.pending() && fencing.tasks() == tasks;
  }

  private static boolean holds(Worker worker, int least) {
    return local(worker).size() >= least && runs(worker) == 4;
  }

  @ParameterizedTest
  @ValueSource(strings = {"config", "offset", "status"})
  void aTopicThatLosesEntriesIsRefused(String kind) throws Exception {
    test += "-" + kind;
    var named = Map.of("config", "configs", "offset", "offsets", "status", "statuses");
    String topic = test + "-" + named.get(kind);
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      var wrong = new NewTopic(topic, 1, (short) 1).configs(Map.of("cleanup.policy", "delete"));
      admin.createTopics(List.of(wrong)).all().get(2, TimeUnit.MINUTES);
    }
    assertThat(deathOf(begin("1", Map.of())))
        .contains("'" + topic + "'")
        .contains("has cleanup.policy 'delete' but must have exactly 'compact'");
  }

  @Test
  void moreReplicasThanBrokersAreRefused() throws Exception {
    var settings =
        Map.of(
            "status.storage.replication.factor", "3",
            "default.api.timeout.ms", "5000",
            "request.timeout.ms", "5000");
    assertThat(deathOf(begin("1", settings)))
        .contains("'" + test + "-statuses'")
        .contains("replication factor of 3");
  }

  @Test
  void workGoesOnWhileTheLeaderMayNotWriteAndCommandsSayWhy() throws Exception {
    var one = start("1");
    var two = start("2");
    create(leader(), "c");
    await("all run", () -> runs(one) == 2 && runs(two) == 2);
    var topics = new ResourcePattern(ResourceType.TOPIC, test + "-", PatternType.PREFIXED);
    var denied = new AclBinding(topics, everybody(AclOperation.WRITE, AclPermissionType.DENY));
    var rules = List.of(mayElse(topics), denied);
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      apply(admin, rules);
      try {
        var why = new AtomicReference<Rejection>();
        await("refused", () -> refused("d", why).contains("may not write"));
        assertThat(why.get().code()).isEqualTo(Rejection.Code.UNAVAILABLE);
        assertThat(why.get().message()).contains("the config topic '" + test + "-configs'");
        assertThat(why.get().hint()).contains("WRITE and DESCRIBE on the transactional id");
        await("said", () -> leader().stage().contains(why.get().message()));
        assertThat(List.of(one, two)).noneMatch(worker -> worker.death().isDone());
        assertThat(runs(one)).isEqualTo(2);
      } finally {
        revoke(admin, List.of(denied));
      }
    }
    await("goes on by itself", () -> leader().stage().indexOf("may not") < 0);
    create(leader(), "d");
    await("all run", () -> runs(one) == 4 && runs(two) == 4);
  }

  @Test
  void tasksThatCannotBeStoredFailTheirConnectorUntilTheyCanBe() throws Exception {
    var small = Map.of("config.storage.max.message.bytes", "20000");
    var one = start("1", small);
    var two = start("2", small);
    await("both know each other", () -> seen(one) == 2 && seen(two) == 2);
    for (String name : List.of("c", "d")) {
      var config = config(name);
      config.put("grow", "30000");
      done(leader(), new Command.Create(name, config, TargetState.STARTED));
    }
    for (var worker : workers) {
      for (String name : List.of("c", "d")) {
        await(name + " has failed", () -> phaseOf(worker, name) == Phase.FAILED);
        assertThat(worker.statuses().of(WorkId.instance(name)).orElseThrow().status().detail())
            .contains("The new tasks of connector " + name + " could not be stored")
            .contains("The configuration of task " + name + "-0 has 3")
            .contains("more than the config topic '" + test + "-configs' takes")
            .contains("max.message.bytes of the topic (20000)")
            .contains("raise these limits, then restart the connector");
      }
    }
    assertThat(holders(one)).as("also one that does not lead").hasSize(2);
    var topic = new ConfigResource(ConfigResource.Type.TOPIC, test + "-configs");
    var raised = new ConfigEntry("max.message.bytes", "100000");
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      var change = List.of(new AlterConfigOp(raised, AlterConfigOp.OpType.SET));
      admin.incrementalAlterConfigs(Map.of(topic, change)).all().get(2, TimeUnit.MINUTES);
    }
    // the controller answers before the broker has heard of it, and a refusal would be final
    await("raised", () -> takes(test + "-configs", 40_000));
    for (String name : List.of("c", "d")) {
      done(leader(), new Command.RestartConnector(name, Restart.INSTANCE));
    }
    await("all run", () -> runs(one) == 4 && runs(two) == 4);
  }

  /** Whether the topic takes a record of that size; workers pass it over. */
  private static boolean takes(String topic, int bytes) {
    Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
    var text = new StringSerializer();
    try (var producer = new KafkaProducer<>(settings, text, text)) {
      var record = new ProducerRecord<>(topic, "kind-of-tomorrow", "x".repeat(bytes));
      producer.send(record).get(2, TimeUnit.MINUTES);
      return true;
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(RecordTooLargeException.class);
      return false;
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static Phase phaseOf(Worker worker, String connector) {
    return worker
        .statuses()
        .of(WorkId.instance(connector))
        .map(entry -> entry.status().phase())
        .orElse(Phase.STARTING);
  }

  @Test
  void aWorkerThatMayNotBeAMemberAnyMoreComesBack() throws Exception {
    var worker = start("1");
    create(worker, "c");
    await("all run", () -> runs(worker) == 2);
    var group = new ResourcePattern(ResourceType.GROUP, "it-" + test, PatternType.LITERAL);
    var denied = new AclBinding(group, everybody(AclOperation.READ, AclPermissionType.DENY));
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      apply(admin, List.of(mayElse(group), denied));
      await("said", () -> worker.stage().contains("may not be a member of group 'it-" + test));
      await("alone", () -> worker.members().all().isEmpty());
      revoke(admin, List.of(denied));
    }
    await("a member again", () -> worker.members().all().size() == 1 && runs(worker) == 2);
    await("said no more", () -> !worker.stage().contains("may not"));
    assertThat(worker.death()).isNotDone();
  }

  @Test
  void workGoesOnWhenTheConfigTopicIsDeletedAndNobodyMakesAnEmptyOne() throws Exception {
    var one = start("1");
    var two = start("2");
    create(leader(), "c");
    await("all run", () -> runs(one) == 2 && runs(two) == 2);
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.deleteTopics(List.of(test + "-configs")).all().get(2, TimeUnit.MINUTES);
      for (var worker : workers) {
        await("said", () -> worker.stage().contains("Topic '" + test + "-configs' is not there"));
        var asked = worker.submit(new Command.Delete("c")).get(1, TimeUnit.MINUTES);
        assertThat(asked.toString()).contains("UNAVAILABLE").contains("it was deleted");
      }
      var impatient = Map.of("default.api.timeout.ms", "5000", "request.timeout.ms", "5000");
      assertThat(deathOf(begin("3", impatient))).contains("has members, which use it");
      assertThat(admin.listTopics().names().get(2, TimeUnit.MINUTES))
          .doesNotContain(test + "-configs");
    }
    assertThat(List.of(one, two)).noneMatch(worker -> worker.death().isDone());
    assertThat(runs(one)).isEqualTo(2);
    assertThat(runs(two)).isEqualTo(2);
  }

  /** Why the connector is not created, also kept for the test; empty when it has been. */
  private String refused(String connector, AtomicReference<Rejection> kept) {
    var command = new Command.Create(connector, config(connector), TargetState.STARTED);
    if (!(leader().submit(command).join() instanceof CommandResult.Rejected(var why))) return "";
    kept.set(why);
    return why.message();
  }

  /** The controller answers before the broker, which is asked here, has heard of them. */
  private static void apply(Admin admin, List<AclBinding> rules) throws Exception {
    admin.createAcls(rules).all().get(2, TimeUnit.MINUTES);
    for (var rule : rules) {
      await("applied", () -> !found(admin, rule).isEmpty());
    }
  }

  private static void revoke(Admin admin, List<AclBinding> rules) throws Exception {
    var filters = rules.stream().map(AclBinding::toFilter).toList();
    admin.deleteAcls(filters).all().get(2, TimeUnit.MINUTES);
    for (var rule : rules) {
      await("revoked", () -> found(admin, rule).isEmpty());
    }
  }

  private static Collection<AclBinding> found(Admin admin, AclBinding rule) {
    return admin
        .describeAcls(rule.toFilter())
        .values()
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  @Test
  void aTopicThatIsMissingAndMayNotBeCreatedIsNamed() throws Exception {
    var impatient = Map.of("default.api.timeout.ms", "5000", "request.timeout.ms", "5000");
    var cluster = new ResourcePattern(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL);
    var topics = new ResourcePattern(ResourceType.TOPIC, test, PatternType.PREFIXED);
    var rules =
        List.of(mayNotCreate(cluster), mayElse(cluster), mayNotCreate(topics), mayElse(topics));
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      apply(admin, rules);
      try {
        assertThat(deathOf(begin("1", impatient)))
            .contains("Topic '" + test)
            .contains("does not exist, and this client may not create it");
      } finally {
        revoke(admin, rules);
      }
    }
  }

  private static AclBinding mayNotCreate(ResourcePattern what) {
    return new AclBinding(what, everybody(AclOperation.CREATE, AclPermissionType.DENY));
  }

  private static AclBinding mayElse(ResourcePattern what) {
    return new AclBinding(what, everybody(AclOperation.ALL, AclPermissionType.ALLOW));
  }

  private static AccessControlEntry everybody(AclOperation does, AclPermissionType may) {
    return new AccessControlEntry("User:ANONYMOUS", "*", does, may);
  }

  private static String deathOf(Worker worker) throws Exception {
    try {
      worker.death().get(3, TimeUnit.MINUTES);
      return "it ended in order";
    } catch (ExecutionException e) {
      return e.getCause().toString();
    }
  }

  private int seen(Worker worker) {
    return worker.members().all().size();
  }

  /** While members come and go there may be none for a moment. */
  private Worker leader() {
    await("a leader", () -> leading().isPresent());
    return leading().orElseGet(this::leader);
  }

  private Optional<Worker> leading() {
    return workers.stream().filter(w -> w.members().leader().equals(w.member())).findFirst();
  }

  /** How many pieces of work run, as this worker sees it. */
  private static long runs(Worker worker) {
    return worker.state().work().keySet().stream()
        .flatMap(id -> worker.statuses().of(id).stream())
        .filter(entry -> entry.status().phase() == Phase.RUNNING)
        .count();
  }

  private static Set<String> holders(Worker worker) {
    return new TreeSet<>(worker.state().holders().values());
  }

  /** The work whose lease this worker has. */
  private static Set<WorkId> local(Worker worker) {
    return worker.state().holders().entrySet().stream()
        .filter(lease -> lease.getValue().equals(worker.member()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private void create(Worker worker, String name) throws Exception {
    done(worker, new Command.Create(name, config(name), TargetState.STARTED));
  }

  private Map<String, String> config(String name) {
    var config = new HashMap<String, String>();
    config.put("name", name);
    config.put("connector.class", "NumberSource");
    config.put("topic", test);
    config.put("limit", "100");
    return config;
  }

  private static void done(Worker worker, Command command) throws Exception {
    assertThat(worker.submit(command).get(2, TimeUnit.MINUTES))
        .isInstanceOf(CommandResult.Done.class);
  }

  private Worker start(String name) throws Exception {
    return start(name, Map.of());
  }

  private Worker start(String name, Map<String, String> more) throws Exception {
    var worker = begin(name, more);
    worker.started().get(3, TimeUnit.MINUTES);
    return worker;
  }

  private Worker begin(String name, Map<String, String> more) {
    var settings = new HashMap<String, String>();
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("group.id", "it-" + test);
    settings.put("millrace.data.dir", dataDir.resolve(name).toString());
    settings.put("config.storage.topic", test + "-configs");
    settings.put("status.storage.topic", test + "-statuses");
    settings.put("offset.storage.topic", test + "-offsets");
    settings.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("config.storage.replication.factor", "1");
    settings.put("offset.storage.replication.factor", "1");
    settings.put("status.storage.replication.factor", "1");
    settings.put("session.timeout.ms", "10000");
    settings.put("task.shutdown.graceful.timeout.ms", "1000");
    settings.putAll(more);
    var worker = Worker.builder().settings(WorkerSettings.of(settings)).start();
    workers.add(worker);
    return worker;
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }
}
