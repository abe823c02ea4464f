package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus.Phase;
import dev.millrace.worker.metrics.MetricFamily;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The metrics of a worker with a source and a sink, over a real broker, as JMX shows them. */
@Isolated("metrics of all workers of a JVM share names")
class MetricsIT {

  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final MBeanServer JMX = ManagementFactory.getPlatformMBeanServer();
  private static final String GOLDEN = "/kafka-connect-4.3.1-mbeans.txt";

  /** What the reference has that comes with the cluster: metrics of the group's client. */
  private static final List<String> OF_GROUP_CLIENT =
      List.of(
          "type=connect-coordinator-metrics",
          "type=connect-metrics",
          "type=connect-node-metrics",
          "type=app-info,client-id=\"connect-<worker>\"",
          "type=app-info,id=\"connect-<worker>\"",
          "type=kafka-metrics-count,client-id=");

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
  @DisplayName("§15.1 MBeans, attributes and their types are Kafka Connect's; §15.10; §15.15")
  void namesAreThoseOfTheReference() throws Exception {
    create("src", with(hoist(), source(100)));
    create("snk", with(hoist(), sink()));
    await(
        "all records",
        () -> total("sink-task-metrics,connector=snk,task=0", "sink-record-send-total") >= 100);
    await("both run", () -> is("src", Phase.RUNNING) && is("snk", Phase.RUNNING));
    eventually(
        () -> {
          var ours = MBeans.list(JMX).stream().map(MetricsIT::withoutWorker).toList();
          assertThat(ours).containsAll(golden(false));
        });
    assertThat(
            text(
                "connector-transform-metrics,connector=snk,task=0,transform=hoist",
                "transform-class"))
        .isEqualTo("org.apache.kafka.connect.transforms.HoistField$Value");
    assertThat(
            text(
                "connector-predicate-metrics,connector=snk,task=0,predicate=tomb",
                "predicate-version"))
        .isEqualTo("4.3.1");
  }

  private static List<String> golden(boolean ofGroupClient) throws IOException {
    try (var in = MetricsIT.class.getResourceAsStream(GOLDEN)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .filter(line -> ofGroupClient == OF_GROUP_CLIENT.stream().anyMatch(line::contains))
          .map(line -> line.replace("connector-type unreadable", "connector-type String"))
          .toList();
    }
  }

  private static String withoutWorker(String line) {
    return line.replace("embedded:0", "<worker>");
  }

  @Test
  @DisplayName("§15.5 connectors; §15.6 tasks; §15.7 sources; §15.8 sinks: values after a run")
  void valuesAreRight() throws Exception {
    create("src", source(100));
    create("snk", sink());
    var source = "source-task-metrics,connector=src,task=0";
    var sink = "sink-task-metrics,connector=snk,task=0";
    await("all records put", () -> total(sink, "sink-record-send-total") >= 100);
    await("all committed", () -> total(source, "source-record-active-count") == 0);
    eventually(
        () -> {
          assertThat(total(source, "source-record-poll-total")).isEqualTo(100);
          assertThat(total(source, "source-record-write-total")).isEqualTo(100);
          assertThat(total(source, "source-record-poll-rate")).isPositive();
          assertThat(total(source, "source-record-active-count-max")).isEqualTo(10);
          assertThat(total(source, "transaction-size-max")).isEqualTo(10);
          assertThat(total(source, "poll-batch-avg-time-ms")).isGreaterThanOrEqualTo(0);
          assertThat(total(sink, "sink-record-read-total")).isEqualTo(100);
          assertThat(total(sink, "partition-count")).isEqualTo(1);
          assertThat(total(sink, "put-batch-max-time-ms")).isGreaterThanOrEqualTo(0);
        });
    await("sink committed", () -> total(sink, "sink-record-active-count") == 0);
    eventually(
        () -> {
          assertThat(total(sink, "sink-record-lag-max")).isEqualTo(0);
          assertThat(total(sink, "offset-commit-seq-no")).isPositive();
          assertThat(total(sink, "offset-commit-completion-total")).isPositive();
        });
    var task = "connector-task-metrics,connector=src,task=0";
    assertThat(text(task, "status")).isEqualTo("running");
    assertThat(text(task, "connector-type")).isEqualTo("source");
    assertThat(text(task, "task-class")).isEqualTo(NumberSource.NumberTask.class.getName());
    assertThat(text(task, "task-version")).isEqualTo("1.0");
    assertThat(text(task, "connector-version")).isEqualTo("1.0");
    assertThat(text(task, "value-converter-class"))
        .isEqualTo("org.apache.kafka.connect.json.JsonConverter");
    eventually(
        () -> {
          assertThat(total(task, "batch-size-max")).isEqualTo(10);
          assertThat(total(task, "offset-commit-success-percentage")).isEqualTo(1);
          assertThat(total(task, "running-ratio")).isBetween(0.01, 1.0);
          assertThat(total(task, "pause-ratio")).isZero();
          assertThat(text("connector-metrics,connector=snk", "connector-type")).isEqualTo("sink");
          assertThat(text("connector-metrics,connector=snk", "status")).isEqualTo("running");
        });
    assertThat(text("connector-metrics,connector=snk", "connector-version")).isEqualTo("1.0");
  }

  @Test
  @DisplayName("§15.2 starts; §15.3 tasks by state; §15.4 the group: of one worker")
  void theWorkerCountsItsWork() throws Exception {
    create("src", source(10));
    var failing = source(10);
    failing.put("fail", "task.start");
    create("bad", failing);
    await("failed", () -> is("bad", Phase.FAILED));
    await("running", () -> is("src", Phase.RUNNING));
    var own = "connect-worker-metrics";
    eventually(
        () -> {
          assertThat(total(own, "connector-count")).isEqualTo(2);
          assertThat(total(own, "task-count")).isEqualTo(2);
          assertThat(total(own, "connector-startup-success-total")).isEqualTo(2);
          assertThat(total(own, "task-startup-attempts-total")).isEqualTo(2);
          assertThat(total(own, "task-startup-failure-total")).isEqualTo(1);
          assertThat(total(own, "task-startup-failure-percentage")).isEqualTo(0.5);
          assertThat(whole(own + ",connector=bad", "connector-failed-task-count")).isEqualTo(1);
          assertThat(whole(own + ",connector=src", "connector-running-task-count")).isEqualTo(1);
          assertThat(text("connector-task-metrics,connector=bad,task=0", "status"))
              .isEqualTo("failed");
        });
    var group = "connect-worker-rebalance-metrics";
    await("joined", () -> total(group, "completed-rebalances-total") == 1);
    assertThat(text(group, "leader-name")).isEqualTo("embedded:0");
    assertThat(total(group, "rebalancing")).isZero();
    assertThat(total(group, "time-since-last-rebalance-ms")).isBetween(0.0, 600_000.0);
  }

  @Test
  @DisplayName("§15.9 errors of a sink with a dead letter queue are counted")
  void errorsAreCounted() throws Exception {
    create("src", source(20));
    var config = sink();
    config.put("transforms", "m");
    config.put("transforms.m.type", "Metered$Transform");
    config.put("transforms.m.fail.on", "7");
    config.put("errors.tolerance", "all");
    config.put("errors.log.enable", "true");
    config.put("errors.deadletterqueue.topic.name", "dlq-" + test);
    config.put("errors.deadletterqueue.topic.replication.factor", "1");
    create("snk", config);
    await(
        "the others",
        () -> total("sink-task-metrics,connector=snk,task=0", "sink-record-send-total") >= 19);
    var errors = "task-error-metrics,connector=snk,task=0";
    eventually(
        () -> {
          assertThat(total(errors, "total-record-failures")).isEqualTo(1);
          assertThat(total(errors, "total-record-errors")).isEqualTo(1);
          assertThat(total(errors, "total-records-skipped")).isEqualTo(1);
          assertThat(total(errors, "total-errors-logged")).isEqualTo(1);
          assertThat(total(errors, "deadletterqueue-produce-requests")).isEqualTo(1);
          assertThat(total(errors, "deadletterqueue-produce-failures")).isZero();
          assertThat(whole(errors, "last-error-timestamp")).isPositive();
        });
  }

  @Test
  @DisplayName("§15.11 plugins' metrics have the tags of their kind; §15.12 and go with them")
  void pluginsHaveMetricsOfTheirOwn() throws Exception {
    var config = source(10);
    config.put("transforms", "m");
    config.put("transforms.m.type", "Metered$Transform");
    config.put("transforms.m.predicate", "p");
    config.put("predicates", "p");
    config.put("predicates.p.type", "Metered$Always");
    config.put("key.converter", "Metered$Json");
    config.put("value.converter", "Metered$Json");
    config.put("header.converter", "Metered$Headers");
    create("src", config);
    await("running", () -> is("src", Phase.RUNNING));
    await("those of all plugins", () -> mbeans("type=plugins").size() == 7);
    assertThat(mbeans("type=plugins"))
        .containsExactlyInAnyOrder(
            "kafka.connect:type=plugins,connector=src",
            "kafka.connect:type=plugins,connector=src,task=0",
            "kafka.connect:type=plugins,connector=src,task=0,converter=key",
            "kafka.connect:type=plugins,connector=src,task=0,converter=value",
            "kafka.connect:type=plugins,connector=src,task=0,converter=header",
            "kafka.connect:type=plugins,connector=src,task=0,transformation=m",
            "kafka.connect:type=plugins,connector=src,task=0,predicate=p");
    done(new Command.Delete("src"));
    await("gone", () -> mbeans("connector=src").isEmpty());
  }

  @Test
  @DisplayName(
      "§15.4 a member of a group has the metrics of its client; §15.11 the worker's plugins theirs")
  void aMemberHasMetricsOfItsGroup() throws Exception {
    worker.close();
    worker =
        start(
            Map.of(
                "config.storage.topic", "configs-" + test,
                "config.storage.replication.factor", "1",
                "status.storage.topic", "statuses-" + test,
                "status.storage.replication.factor", "1",
                "offset.storage.replication.factor", "1",
                "key.converter", "org.apache.kafka.connect.json.JsonConverter",
                "value.converter", "org.apache.kafka.connect.json.JsonConverter",
                "connector.client.config.override.policy", Metered.Policy.class.getName()));
    create("src", source(10));
    await("running", () -> is("src", Phase.RUNNING));
    var client = "connect-coordinator-metrics,client-id=\"connect-embedded:0\"";
    await("assigned", () -> total(client, "assigned-tasks") == 1);
    assertThat(total(client, "assigned-connectors")).isEqualTo(1);
    assertThat(total(client, "join-total")).isPositive();
    eventually(
        () -> {
          var ours = MBeans.list(JMX).stream().map(MetricsIT::withoutWorker).toList();
          var ofItsNodes = golden(true).stream().filter(line -> !line.contains("node-id=node-1 "));
          assertThat(ours).containsAll(ofItsNodes.toList()); // it need not speak with each broker
        });
    assertThat(worker.metrics())
        .extracting(MetricFamily::name)
        .contains("kafka_connect_connect_coordinator_metrics_assigned_tasks");
    assertThat(worker.restExtensions(List.of(Metered.Extension.class.getName()))).hasSize(1);
    assertThat(mbeans("type=plugins"))
        .contains(
            "kafka.connect:type=plugins,config=connector.client.config.override.policy,class=Policy",
            "kafka.connect:type=plugins,config=rest.extension.classes,class=Extension");
    worker.close(); // which waits for a moment only
    await("those of plugins are gone", () -> mbeans("type=plugins").isEmpty());
    await("the group's are gone", () -> mbeans("connect-coordinator-metrics").isEmpty());
  }

  @Test
  @DisplayName("§15.14 what goes leaves no metric behind, though its thread hangs")
  void nothingIsLeftBehind() throws Exception {
    create("snk", sink());
    await("running", () -> is("snk", Phase.RUNNING));
    var hanging = source(10);
    hanging.put("hang", "task.poll");
    for (int i = 0; i < 10; i++) {
      create("gone" + i, source(10));
    }
    create("hangs", hanging);
    await("running", () -> is("gone9", Phase.RUNNING) && is("hangs", Phase.RUNNING));
    await(
        "in poll",
        () -> total("source-task-metrics,connector=hangs,task=0", "poll-stall-time-ms") > 0);
    for (int i = 0; i < 10; i++) {
      done(new Command.Delete("gone" + i));
    }
    done(new Command.Delete("hangs"));
    await("gone", () -> mbeans("connector=gone").isEmpty());
    await("given up", () -> mbeans("connector=hangs").isEmpty());
    assertThat(mbeans("connector=snk,task=0")).isNotEmpty();
    await(
        "told no more",
        () -> worker.metrics().stream().noneMatch(family -> family.toString().contains("hangs")));
    worker.close(); // which waits for a moment only
    await("all are gone", () -> mbeans("").isEmpty());
  }

  @Test
  @DisplayName("§15.19 the Kafka clients of tasks are among the worker's metrics")
  void clientsAreThere() throws Exception {
    create("src", source(10));
    create("snk", sink());
    await(
        "written",
        () ->
            value("kafka_producer_producer_metrics_record_send", "connector-producer-src-0") >= 10);
    await(
        "read",
        () ->
            value(
                    "kafka_consumer_consumer_fetch_manager_metrics_records_consumed",
                    "connector-consumer-snk-0")
                >= 10);
  }

  private double value(String family, String clientId) {
    return worker.metrics().stream()
        .filter(f -> f.name().equals(family))
        .flatMap(f -> f.points().stream())
        .filter(
            p -> clientId.equals(p.labels().get("client_id")) && !p.labels().containsKey("topic"))
        .mapToDouble(MetricFamily.Point::value)
        .sum();
  }

  private static List<String> mbeans(String part) {
    try {
      return JMX.queryNames(new ObjectName("kafka.connect:*"), null).stream()
          .map(ObjectName::toString)
          .filter(name -> name.contains(part))
          .toList();
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object attribute(String mbean, String attribute) {
    try {
      return JMX.getAttribute(new ObjectName("kafka.connect:type=" + mbean), attribute);
    } catch (javax.management.InstanceNotFoundException e) {
      return Double.NaN;
    } catch (JMException e) {
      throw new IllegalStateException(mbean + " " + attribute, e);
    }
  }

  private static double total(String mbean, String attribute) {
    return (Double) attribute(mbean, attribute);
  }

  private static long whole(String mbean, String attribute) {
    return (Long) attribute(mbean, attribute);
  }

  private static String text(String mbean, String attribute) {
    return (String) attribute(mbean, attribute);
  }

  private Worker start() throws Exception {
    return start(Map.of());
  }

  private Worker start(Map<String, String> more) throws Exception {
    var settings = new HashMap<>(more);
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("group.id", "it-" + test);
    settings.put("millrace.data.dir", dataDir.toString());
    settings.put("exactly.once.source.support", "enabled");
    settings.put("offset.storage.topic", "offsets-" + test);
    settings.put("offset.flush.interval.ms", "500");
    settings.put("task.shutdown.graceful.timeout.ms", "2000");
    settings.put("consumer.isolation.level", "read_committed");
    var started = Worker.builder().settings(WorkerSettings.of(settings)).start();
    started.started().get(2, TimeUnit.MINUTES);
    return started;
  }

  private Map<String, String> source(int limit) {
    var config = new HashMap<String, String>();
    config.put("connector.class", "NumberSource");
    config.put("topic", test);
    config.put("limit", String.valueOf(limit));
    return config;
  }

  private Map<String, String> sink() {
    var config = new HashMap<String, String>();
    config.put("connector.class", ListSink.class.getName());
    config.put("topics", test);
    config.put("list", test);
    config.put("errors.tolerance", "all");
    config.put("errors.deadletterqueue.topic.name", "dlq-" + test);
    config.put("errors.deadletterqueue.topic.replication.factor", "1");
    return config;
  }

  private static Map<String, String> hoist() {
    return Map.of(
        "transforms", "hoist",
        "transforms.hoist.type", "org.apache.kafka.connect.transforms.HoistField$Value",
        "transforms.hoist.field", "n",
        "transforms.hoist.predicate", "tomb",
        "transforms.hoist.negate", "true",
        "predicates", "tomb",
        "predicates.tomb.type", "org.apache.kafka.connect.transforms.predicates.RecordIsTombstone");
  }

  private static Map<String, String> with(Map<String, String> more, Map<String, String> config) {
    config.putAll(more);
    return config;
  }

  private void create(String name, Map<String, String> config) throws Exception {
    var named = new HashMap<>(config);
    named.put("name", name);
    done(new Command.Create(name, named, TargetState.STARTED));
  }

  private void done(Command command) throws Exception {
    assertThat(worker.submit(command).get(2, TimeUnit.MINUTES))
        .isInstanceOf(CommandResult.Done.class);
  }

  private boolean is(String connector, Phase phase) {
    return worker
        .statuses()
        .of(new WorkId(connector, 0))
        .filter(entry -> entry.status().phase() == phase)
        .isPresent();
  }

  private interface Assertions {
    void check() throws Exception;
  }

  /** Metrics are counted after what they count has been seen: until all of them hold. */
  @SuppressWarnings("CatchingUnchecked") // as one that is not there yet
  private static void eventually(Assertions assertions) throws Exception {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (true) {
      try {
        assertions.check();
        return;
      } catch (AssertionError | Exception e) {
        if (System.nanoTime() > end) throw e;
        java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
      }
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }
}
