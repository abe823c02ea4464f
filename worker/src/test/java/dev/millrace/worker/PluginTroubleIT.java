package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus.Phase;
import dev.millrace.worker.validation.ValidationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plugin code that hangs or throws Errors, in every method that a worker calls, beside a connector
 * that must not notice. One worker for all: what is left behind adds up.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Isolated("it looks for threads left behind")
class PluginTroubleIT {

  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final Duration STOP_TIMEOUT = Duration.ofMillis(400);
  private static final String NAME = "trouble";

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static Worker worker;
  private static int errors;
  private static int groups;

  static final List<String> CONNECTOR =
      List.of(
          "connector.constructor",
          "connector.initialize",
          "connector.start",
          "connector.taskClass",
          "connector.taskConfigs",
          "policy.validate",
          "provider.get");
  static final List<String> TASK =
      List.of(
          "task.constructor",
          "task.initialize",
          "task.start",
          "task.poll",
          "task.commit",
          "task.commitRecord",
          "transform.configure",
          "transform.apply",
          "predicate.configure",
          "predicate.test",
          "converter.configure",
          "converter.fromConnectData",
          "headers.configure",
          "headers.fromConnectHeader",
          "headers.toConnectHeader",
          "interceptor.configure",
          "interceptor.onSend",
          "sink.start",
          "sink.open",
          "sink.put",
          "sink.preCommit",
          "sink.flush",
          "converter.toConnectData",
          "letters.onSend");

  /** What breaks here breaks nothing: the version is unknown, or Kafka's client has the Error. */
  static final List<String> HARMLESS =
      List.of(
          "task.version",
          "transform.version",
          "predicate.version",
          "converter.version",
          "headers.version");

  /** The sink waits for the letter of a record, which never comes. */
  static final List<String> ANSWERS = List.of("letters.onAcknowledgement");

  /** What breaks here has the next record fail with it. */
  static final List<String> BROKEN_ANSWERS =
      List.of("interceptor.onAcknowledgement", "letters.onAcknowledgement");

  static final List<String> END =
      List.of(
          "connector.stop",
          "task.stop",
          "transform.close",
          "predicate.close",
          "converter.close",
          "headers.close",
          "interceptor.close",
          "sink.close",
          "sink.stop");

  static List<String> anywhere() {
    return Stream.of(CONNECTOR, TASK, HARMLESS, ANSWERS).flatMap(List::stream).toList();
  }

  static List<String> whileRunning() {
    return Stream.of(CONNECTOR, TASK, BROKEN_ANSWERS).flatMap(List::stream).toList();
  }

  static List<String> harmless() {
    return HARMLESS;
  }

  static List<String> whileEnding() {
    return END;
  }

  @BeforeAll
  static void startNeighbours() throws Exception {
    kafka = EmbeddedKafka.builder().dataDir(dir.resolve("kafka")).start();
    worker =
        Worker.builder()
            .settings(settings())
            .configProvider("trouble", new TroublePlugins.Provider())
            .start();
    worker.started().get(2, TimeUnit.MINUTES);
    done(new Command.Create("good-source", source("good"), TargetState.STARTED));
    done(new Command.Create("good-sink", sink("good-sink"), TargetState.STARTED));
    awaitProgress();
  }

  @AfterAll
  static void stop() {
    worker.close();
    kafka.close();
  }

  @AfterEach
  void deleteTrouble() throws Exception {
    if (worker.state().connectors().containsKey(NAME)) done(new Command.Delete(NAME));
    await("trouble gone", () -> worker.statuses().of(WorkId.instance(NAME)).isEmpty());
    await("task gone", () -> worker.statuses().of(new WorkId(NAME, 0)).isEmpty());
    Trouble.forget();
  }

  @Order(1)
  @ParameterizedTest
  @MethodSource("anywhere")
  @DisplayName("§2.12 §3.10 code that hangs hurts only its own connector, and is replaced")
  void hangs(String place) throws Exception {
    create(place, Trouble.HANG);
    await("hanging", () -> Trouble.reached(place));
    awaitProgress();
    var before = leftBehind();
    Trouble.inConstructors(Map.of());
    var mended = healthy(place);
    mended.put(Trouble.MENDED, "true");
    done(new Command.Configure(NAME, mended));
    if (place.equals("task.commitRecord")) { // hangs the producer's thread: the task's comes back
      await("replaced", () -> Trouble.reached(Trouble.MENDED));
      await("its successor runs", () -> is(new WorkId(NAME, 0), Phase.RUNNING));
    } else {
      await(
          "replaced",
          () -> is(new WorkId(NAME, 0), Phase.RUNNING) && !before.containsAll(leftBehind()));
    }
    await("the instance runs", () -> is(WorkId.instance(NAME), Phase.RUNNING));
  }

  @Order(2)
  @ParameterizedTest
  @MethodSource("whileEnding")
  @DisplayName("§2.12 §3.10 code that hangs at the end is left behind")
  void hangsAtTheEnd(String place) throws Exception {
    create(place, Trouble.HANG);
    await("running", () -> is(new WorkId(NAME, 0), Phase.RUNNING));
    if (place.startsWith("sink.")) awaitRecords(NAME);
    var before = leftBehind();
    done(new Command.Delete(NAME));
    await("hanging", () -> Trouble.reached(place));
    await("left behind", () -> !before.containsAll(leftBehind()));
    awaitProgress();
  }

  @Order(3)
  @ParameterizedTest
  @MethodSource("whileRunning")
  @DisplayName("§3.11 an Error of a plugin fails its connector or task with a trace")
  void breaks(String place) throws Exception {
    String error = Trouble.ERRORS.get(errors++ % Trouble.ERRORS.size());
    create(place, error);
    var id = CONNECTOR.contains(place) ? WorkId.instance(NAME) : new WorkId(NAME, 0);
    await(error + " in " + place, () -> is(id, Phase.FAILED));
    assertThat(worker.statuses().of(id).orElseThrow().status().detail()).contains(error);
    awaitProgress();
  }

  @Order(3)
  @ParameterizedTest
  @MethodSource("harmless")
  @DisplayName("§11.4 a version() that breaks leaves the version undefined, and all runs")
  void breaksHarmlessly(String place) throws Exception {
    create(place, Trouble.ERRORS.get(errors++ % Trouble.ERRORS.size()));
    await("running", () -> is(new WorkId(NAME, 0), Phase.RUNNING));
    await("reached", () -> Trouble.reached(place));
  }

  @Order(4)
  @ParameterizedTest
  @MethodSource("whileEnding")
  @DisplayName("§3.11 an Error at the end ends only its own work")
  void breaksAtTheEnd(String place) throws Exception {
    String error = Trouble.ERRORS.get(errors++ % Trouble.ERRORS.size());
    create(place, error);
    await("running", () -> is(new WorkId(NAME, 0), Phase.RUNNING));
    if (place.startsWith("sink.")) awaitRecords(NAME);
    var before = leftBehind();
    done(new Command.Delete(NAME));
    await("reached", () -> Trouble.reached(place));
    await("gone", () -> worker.statuses().of(WorkId.instance(NAME)).isEmpty());
    await("task gone", () -> worker.statuses().of(new WorkId(NAME, 0)).isEmpty());
    await("nothing left behind", () -> before.containsAll(leftBehind()));
    awaitProgress();
  }

  @Order(5)
  @Test
  @DisplayName("§3.10 validations that hang keep only those of their own class from being made")
  void hangsWhileValidated() {
    var refused = new ConcurrentLinkedQueue<String>();
    var byValidate = source(NAME);
    byValidate.putAll(Map.of(Trouble.AT, "connector.validate", Trouble.HOW, Trouble.HANG));
    for (int i = 0; i < 8; i++) validateAside(byValidate, refused);
    await("hanging in validate", () -> Trouble.reached("connector.validate"));
    Trouble.inConstructors(Map.of(Trouble.AT, "connector.config", Trouble.HOW, Trouble.HANG));
    for (int i = 0; i < 9; i++) validateAside(source(NAME), refused);
    await("hanging in config", () -> Trouble.reached("connector.config"));
    await("one too many", () -> !refused.isEmpty());
    assertThat(refused.peek()).contains("16 validations", TroubleSource.class.getName());
    assertThat(worker.validate(sink("other")).errorCount()).isZero();
  }

  private static void validateAside(Map<String, String> config, Queue<String> refused) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                worker.validate(config);
              } catch (ValidationException e) {
                refused.add(e.getMessage());
              }
            });
  }

  @Order(6)
  @Test
  @DisplayName("§3.12 a worker with much that hangs closes within the time of one stop")
  void closesInTime() throws Exception {
    for (int i = 0; i < 10; i++) {
      var config = source("stuck-" + i);
      config.put(Trouble.AT, "task.poll");
      config.put(Trouble.HOW, Trouble.HANG);
      done(new Command.Create("stuck-" + i, config, TargetState.STARTED));
    }
    for (int i = 0; i < 10; i++) {
      var id = new WorkId("stuck-" + i, 0);
      await("stuck", () -> is(id, Phase.RUNNING));
    }
    long began = System.nanoTime();
    worker.close();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(1));
    assertThat(worker.death()).isCompleted();
  }

  /** Those of earlier tests may come back at any time: what counts is who is new. */
  private static Set<StatusBoard.LeftBehind> leftBehind() {
    return worker.statuses().leftBehind();
  }

  /** The neighbours run, and control answers. */
  private static void awaitProgress() throws Exception {
    awaitRecords("good-sink");
    done(new Command.Configure("idle", source("idle")));
    done(new Command.Retarget("idle", TargetState.PAUSED));
    done(new Command.Delete("idle"));
  }

  private static void awaitRecords(String sink) {
    long seen = TroubleSink.seen(sink);
    await("records in " + sink, () -> TroubleSink.seen(sink) > seen);
  }

  private static void create(String place, String how) throws Exception {
    var config = healthy(place);
    boolean byConstructor =
        place.endsWith("constructor")
            || place.endsWith("initialize")
            || place.equals("task.version");
    var trouble = Map.of(Trouble.AT, place, Trouble.HOW, how);
    if (byConstructor) Trouble.inConstructors(trouble);
    else if (place.equals("provider.get")) config.put("secret", "${trouble:" + how + ":key}");
    else prefixes(place).forEach(prefix -> trouble.forEach((k, v) -> config.put(prefix + k, v)));
    done(new Command.Create(NAME, config, TargetState.STARTED));
  }

  /** Where the plugin that has the place is configured. */
  private static List<String> prefixes(String place) {
    return switch (place.substring(0, place.indexOf('.'))) {
      case "transform" -> List.of("transforms.t.");
      case "predicate" -> List.of("predicates.p.");
      case "converter" -> List.of("value.converter.");
      case "headers" -> List.of("header.converter.");
      case "interceptor", "letters", "policy" -> List.of("producer.override.");
      default -> List.of("");
    };
  }

  private static Map<String, String> healthy(String place) {
    boolean sink =
        List.of("converter.toConnectData", "headers.toConnectHeader").contains(place)
            || place.startsWith("sink.")
            || place.startsWith("letters.");
    var config = sink ? sink(NAME) : source(NAME);
    if (place.startsWith("letters.")) {
      config.put("report", "true");
      config.put("errors.tolerance", "all");
      config.put("errors.deadletterqueue.topic.name", "trouble-letters");
      config.put("errors.deadletterqueue.topic.replication.factor", "1");
    }
    if (!sink || place.startsWith("letters.")) {
      config.put(
          "producer.override.interceptor.classes", TroublePlugins.Interceptor.class.getName());
    }
    config.put("transforms", "t");
    config.put("transforms.t.type", TroublePlugins.Transform.class.getName());
    config.put("transforms.t.predicate", "p");
    config.put("predicates", "p");
    config.put("predicates.p.type", TroublePlugins.Condition.class.getName());
    config.put("value.converter", TroublePlugins.Conversion.class.getName());
    config.put("header.converter", TroublePlugins.Headers.class.getName());
    return config;
  }

  private static Map<String, String> source(String name) {
    var config = new HashMap<String, String>();
    config.put("name", name);
    config.put("connector.class", TroubleSource.class.getName());
    config.put("topic", name.equals(NAME) ? "trouble-out" : "good");
    return config;
  }

  private static Map<String, String> sink(String name) {
    var config = new HashMap<String, String>();
    config.put("name", name);
    config.put("connector.class", TroubleSink.class.getName());
    config.put("topics", "good");
    config.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("consumer.override.auto.offset.reset", "earliest");
    // what hangs inside its consumer stays a member for max.poll.interval.ms
    config.put("consumer.override.group.id", "group-" + groups++);
    return config;
  }

  private static WorkerSettings settings() {
    var settings = new HashMap<String, String>();
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("group.id", "trouble");
    settings.put("millrace.data.dir", dir.resolve("worker").toString());
    settings.put("offset.storage.topic", "trouble-offsets");
    settings.put("offset.flush.interval.ms", "100");
    settings.put("task.shutdown.graceful.timeout.ms", String.valueOf(STOP_TIMEOUT.toMillis()));
    settings.put("connector.client.config.override.policy", TroublePolicy.class.getName());
    return WorkerSettings.of(settings);
  }

  private static void done(Command command) throws Exception {
    assertThat(worker.submit(command).get(2, TimeUnit.MINUTES))
        .isInstanceOf(CommandResult.Done.class);
  }

  private static boolean is(WorkId id, Phase phase) {
    return worker.statuses().of(id).filter(e -> e.status().phase() == phase).isPresent();
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }
}
