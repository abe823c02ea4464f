package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Rejection;
import dev.millrace.model.Restart;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus.Phase;
import dev.millrace.worker.validation.Validation;
import dev.millrace.worker.validation.ValidationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** One worker over a real broker: its life cycle as users see it. */
class WorkerIT {

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
  void startWorker(TestInfo info) throws Exception {
    test = info.getTestMethod().orElseThrow().getName();
    worker = start();
  }

  @AfterEach
  void stopWorker() {
    worker.close();
  }

  @Test
  void recordsGoFromASourceThroughKafkaIntoASink() throws Exception {
    create("src", source(100));
    create("snk", sink());
    await("all records in the sink", () -> ListSink.list(test).size() >= 100);
    assertThat(ListSink.list(test)).isEqualTo(numbers(100));
  }

  @Test
  void aRestartedWorkerGoesOnWhereItStopped() throws Exception {
    create("snk", sink());
    create("src", source(50));
    await("50 records", () -> ListSink.list(test).size() >= 50);
    worker.close();
    worker = start();
    assertThat(worker.state().connectors()).containsOnlyKeys("src", "snk");
    done(new Command.Configure("src", source(80)));
    await("80 records", () -> ListSink.list(test).size() >= 80);
    assertThat(ListSink.list(test)).isEqualTo(numbers(80));
  }

  @DisplayName("§1.1 §1.3 §2.3 paused, resumed, stopped, resumed")
  @Test
  void aPausedConnectorDoesNothingUntilResumed() throws Exception {
    var paused = new Command.Create("src", source(20), TargetState.PAUSED);
    done(paused);
    create("snk", sink());
    await("paused", () -> is(WorkId.instance("src"), Phase.PAUSED));
    assertThat(worker.state().connectors().get("src").tasks()).isEmpty();
    done(new Command.Retarget("src", TargetState.STARTED));
    await("20 records", () -> ListSink.list(test).size() >= 20);
    done(new Command.Retarget("src", TargetState.PAUSED));
    await("task paused", () -> is(new WorkId("src", 0), Phase.PAUSED));
    done(new Command.Retarget("src", TargetState.STOPPED));
    await("task gone", () -> worker.statuses().of(new WorkId("src", 0)).isEmpty());
    await("stopped", () -> is(WorkId.instance("src"), Phase.STOPPED));
    done(new Command.Retarget("src", TargetState.STARTED));
    await("task is back", () -> is(new WorkId("src", 0), Phase.RUNNING));
  }

  @DisplayName("§1.5 §3.4 a failed task is left by a restart")
  @Test
  void aFailureIsShownAndLeftByARestart() throws Exception {
    var failing = source(10);
    failing.put("fail", "task.start");
    create("src", failing);
    await("failed", () -> is(new WorkId("src", 0), Phase.FAILED));
    assertThat(worker.statuses().of(new WorkId("src", 0)).orElseThrow().status().detail())
        .contains("NoClassDefFoundError: told/to/fail");
    create("snk", sink());
    done(new Command.Configure("src", source(10)));
    await("10 records", () -> ListSink.list(test).size() >= 10);
    done(new Command.RestartConnector("src", Restart.INSTANCE_AND_TASKS));
    await("running again", () -> is(new WorkId("src", 0), Phase.RUNNING));
  }

  @DisplayName("§1.5 §2.13 a failed connector is left by a new configuration")
  @Test
  void aFailingConnectorHasNoTasksAndCanBeMended() throws Exception {
    var failing = source(10);
    failing.put("fail", "connector.start");
    create("src", failing);
    await("failed", () -> is(WorkId.instance("src"), Phase.FAILED));
    done(new Command.Configure("src", source(10)));
    await("running", () -> is(new WorkId("src", 0), Phase.RUNNING));
  }

  @DisplayName("§1.4 a failed connector can be stopped, and is started anew when resumed")
  @Test
  void aFailedConnectorCanBeStopped() throws Exception {
    var failing = source(10);
    failing.put("fail", "connector.start");
    create("src", failing);
    await("failed", () -> is(WorkId.instance("src"), Phase.FAILED));
    done(new Command.Retarget("src", TargetState.PAUSED));
    assertThat(is(WorkId.instance("src"), Phase.FAILED)).isTrue();
    done(new Command.Retarget("src", TargetState.STOPPED));
    await("stopped", () -> is(WorkId.instance("src"), Phase.STOPPED));
    done(new Command.Retarget("src", TargetState.STARTED));
    await("failed again", () -> is(WorkId.instance("src"), Phase.FAILED));
  }

  @DisplayName("§2.8 §3.13 tasks.max is enforced, unless tasks.max.enforce says otherwise")
  @Test
  void tooManyTasks() throws Exception {
    var many = source(10);
    many.put("tasks", "2");
    create("src", many);
    await("failed", () -> is(WorkId.instance("src"), Phase.FAILED));
    assertThat(worker.statuses().of(WorkId.instance("src")).orElseThrow().status().detail())
        .contains("wants 2 tasks, but tasks.max allows 1");
    assertThat(worker.state().connectors().get("src").tasks()).isEmpty();
    var lenient = new HashMap<>(many);
    lenient.put("tasks.max.enforce", "false");
    done(new Command.Configure("src", lenient));
    await("second task", () -> is(new WorkId("src", 1), Phase.RUNNING));
    done(new Command.Configure("src", many));
    await("failed again", () -> is(WorkId.instance("src"), Phase.FAILED));
    done(new Command.RestartTask("src", 1));
    await("task failed", () -> is(new WorkId("src", 1), Phase.FAILED));
  }

  @DisplayName("§2.15 §3.2 what cannot be made fails before anything is started")
  @Test
  void whatCannotBeMadeFails() throws Exception {
    var aimless = sink();
    aimless.remove("topics");
    create("snk", aimless);
    await("sink failed", () -> is(WorkId.instance("snk"), Phase.FAILED));
    assertThat(worker.statuses().of(WorkId.instance("snk")).orElseThrow().status().detail())
        .contains("Must configure one of topics or topics.regex");
    var broken = source(10);
    broken.put("transforms", "t");
    broken.put("transforms.t.type", "NoSuchTransformation");
    create("src", broken);
    await("task failed", () -> is(new WorkId("src", 0), Phase.FAILED));
    await("instance runs", () -> is(WorkId.instance("src"), Phase.RUNNING));
  }

  @DisplayName("§2.14 tasks are left alone unless their configurations or the connector's change")
  @Test
  void tasksAreRebuiltOnlyWhenNeeded() throws Exception {
    create("src", source(10));
    await("running", () -> is(new WorkId("src", 0), Phase.RUNNING));
    var before = worker.state().connectors().get("src").restarts().tasks();
    done(new Command.RestartConnector("src", Restart.INSTANCE));
    await("restarted", () -> worker.state().connectors().get("src").restarts().instance() > before);
    await("running", () -> is(WorkId.instance("src"), Phase.RUNNING));
    assertThat(worker.state().connectors().get("src").restarts().tasks()).isEqualTo(before);
    var changed = source(10);
    changed.put("irrelevant", "x");
    done(new Command.Configure("src", changed));
    await("new tasks", () -> worker.state().connectors().get("src").restarts().tasks() > before);
  }

  @DisplayName("§10.8 secrets are neither in traces nor in the log of configurations")
  @Test
  void secretsAreNotTold() throws Exception {
    var file = Files.writeString(dataDir.resolve("secrets.properties"), "password=swordfish\n");
    var config = source(10);
    config.put("secret", "${file:" + file + ":password}");
    config.put("fail", "tell.secret");
    create("src", config);
    await("failed", () -> is(new WorkId("src", 0), Phase.FAILED));
    assertThat(worker.statuses().of(new WorkId("src", 0)).orElseThrow().status().detail())
        .contains("cannot log in with ${file:")
        .doesNotContain("swordfish");
    assertThat(Files.readString(dataDir.resolve("config.log")))
        .contains("jdbc:x?password=${file:")
        .doesNotContain("swordfish");
    assertThat(worker.state().connectors().get("src").tasks().toString())
        .doesNotContain("swordfish");
  }

  @DisplayName("§3.6 what is deleted is gone")
  @Test
  void whatIsDeletedIsGone() throws Exception {
    create("src", source(10));
    await("running", () -> is(new WorkId("src", 0), Phase.RUNNING));
    done(new Command.Delete("src"));
    await("gone", () -> worker.statuses().of(WorkId.instance("src")).isEmpty());
    await("task gone", () -> worker.statuses().of(new WorkId("src", 0)).isEmpty());
    assertThat(ask(new Command.Delete("src")))
        .isInstanceOfSatisfying(
            CommandResult.Rejected.class,
            r -> assertThat(r.rejection().code()).isEqualTo(Rejection.Code.NOT_FOUND));
  }

  @Test
  void hangingPluginsHurtOnlyThemselves() throws Exception {
    var inStart = source(10);
    inStart.put("hang", "connector.start");
    create("hangs", inStart);
    var inPoll = source(10);
    inPoll.put("hang", "task.poll");
    create("stuck", inPoll);
    create("src", source(10));
    create("snk", sink());
    await("10 records", () -> ListSink.list(test).size() >= 10);
    done(new Command.Delete("stuck"));
    await("given up", () -> worker.statuses().of(new WorkId("stuck", 0)).isEmpty());
    long before = System.nanoTime();
    worker.close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMinutes(1));
  }

  @DisplayName("§10.4 §10.7 configurations are stored with their placeholders")
  @Test
  void secretsStayOutOfTheLogAndTheState() throws Exception {
    var file = Files.writeString(dataDir.resolve("secrets.properties"), "password=swordfish\n");
    var config = source(10);
    config.put("secret", "${file:" + file + ":password}");
    create("src", config);
    await("running", () -> is(new WorkId("src", 0), Phase.RUNNING));
    assertThat(Files.readString(dataDir.resolve("config.log"))).doesNotContain("swordfish");
    assertThat(worker.state().connectors().get("src").tasks().get(0).get("secret"))
        .isEqualTo("${file:" + file + ":password}");
  }

  @Test
  void aTopologyIsAppliedAsAWhole() throws Exception {
    var marked = source(10);
    marked.put("topology.name", "t");
    apply(Map.of("t.a", marked, "t.b", marked));
    create("other", source(10));
    await("running", () -> is(new WorkId("t.b", 0), Phase.RUNNING));
    apply(Map.of("t.a", marked));
    await("gone", () -> worker.statuses().of(WorkId.instance("t.b")).isEmpty());
    assertThat(worker.state().connectors()).containsOnlyKeys("t.a", "other");
  }

  @Test
  void wrongConfigurationsAreToldAllAtOnce() {
    var wrong = source(10);
    wrong.put("limit", "many");
    wrong.put("tasks.max", "0");
    wrong.put("value.converter", "NoSuchConverter");
    wrong.put("transforms", "a");
    wrong.remove("topic");
    assertThat(worker.validate(wrong).problems())
        .extracting(Validation.Problem::key)
        .contains("limit", "tasks.max", "value.converter", "transforms.a.type", "topic");
    var unknown = source(10);
    unknown.put("connector.class", "NoSuchConnector");
    assertThatThrownBy(() -> worker.validate(unknown))
        .isInstanceOf(ValidationException.class)
        .hasMessageStartingWith(
            "Failed to find any class that implements Connector and which name matches"
                + " NoSuchConnector, available connectors are: ")
        .hasMessageContaining(ListSink.class.getName() + ", " + NumberSource.class.getName());
    assertThat(worker.validate(source(10)).problems()).isEmpty();
  }

  @Test
  void aSecondWorkerOnTheSameFolderIsRefused() {
    try (var second = Worker.builder().settings(settings()).start()) {
      await("refused", () -> second.death().isCompletedExceptionally());
      await("told", () -> second.started().isCompletedExceptionally());
    }
  }

  private Worker start() throws Exception {
    var started = Worker.builder().settings(settings()).start();
    started.started().get(2, TimeUnit.MINUTES);
    return started;
  }

  private WorkerSettings settings() {
    var settings = new HashMap<String, String>();
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("group.id", "it-" + test);
    settings.put("millrace.data.dir", dataDir.toString());
    settings.put("exactly.once.source.support", "enabled");
    settings.put("offset.storage.topic", "offsets-" + test);
    settings.put("task.shutdown.graceful.timeout.ms", "5000");
    settings.put("consumer.isolation.level", "read_committed");
    settings.put("config.providers", "file");
    settings.put(
        "config.providers.file.class",
        "org.apache.kafka.common.config.provider.FileConfigProvider");
    return WorkerSettings.of(settings);
  }

  private Map<String, String> source(int limit) {
    var config = new HashMap<String, String>();
    config.put("name", "src");
    config.put("connector.class", "NumberSource");
    config.put("topic", test);
    config.put("limit", String.valueOf(limit));
    return config;
  }

  private Map<String, String> sink() {
    var config = new HashMap<String, String>();
    config.put("name", "snk");
    config.put("connector.class", ListSink.class.getName());
    config.put("topics", test);
    config.put("list", test);
    return config;
  }

  private void create(String name, Map<String, String> config) throws Exception {
    done(new Command.Create(name, config, TargetState.STARTED));
  }

  private void apply(Map<String, Map<String, String>> connectors) throws Exception {
    done(new Command.ApplyTopology("t", new TreeMap<>(connectors)));
  }

  private void done(Command command) throws Exception {
    assertThat(ask(command)).isInstanceOf(CommandResult.Done.class);
  }

  private CommandResult ask(Command command) throws Exception {
    return worker.submit(command).get(2, TimeUnit.MINUTES);
  }

  private boolean is(WorkId id, Phase phase) {
    return worker.statuses().of(id).filter(e -> e.status().phase() == phase).isPresent();
  }

  private static List<Object> numbers(int to) {
    return IntStream.rangeClosed(1, to).<Object>mapToObj(i -> i).toList();
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }
}
