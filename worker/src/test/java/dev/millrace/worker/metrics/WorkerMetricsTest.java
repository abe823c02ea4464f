package dev.millrace.worker.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.millrace.engine.Count;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Sample;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.MetricsContext;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.apache.kafka.common.metrics.Monitorable;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WorkerMetricsTest {

  private static final WorkId TASK = new WorkId("c", 0);
  private static final PluginInfo CONNECTOR = new PluginInfo("Some", "1");

  private final ManualTime time = new ManualTime();
  private final WorkerMetrics metrics = worker(time, new JmxReporter());

  private static WorkerMetrics worker(Time time, MetricsReporter reporter) {
    return new WorkerMetrics(
        new MetricsSettings(new MetricConfig(), List.of(reporter), Map.of("rack", "1")), time);
  }

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  @DisplayName("§15.13 averages are NaN without samples; rates are per second over the window")
  void statisticsAreThoseOfKafka() {
    var meter = open(TASK, WorkKind.SOURCE);
    assertThat(value("source_task_metrics_poll_batch_avg_time_ms")).isNaN();
    assertThat(value("source_task_metrics_source_record_poll_rate")).isZero();
    for (int second = 0; second < 60; second++) {
      meter.counters().add(Count.SOURCE_POLLED, 50);
      meter.counters().sample(Sample.POLL_MS, 4);
      metrics.tick();
      time.pass(1_000);
    }
    assertThat(value("source_task_metrics_source_record_poll_rate")).isBetween(49.0, 51.0);
    assertThat(value("source_task_metrics_source_record_poll")).isEqualTo(3_000);
    assertThat(value("source_task_metrics_poll_batch_avg_time_ms")).isEqualTo(4);
    time.pass(120_000);
    metrics.tick();
    assertThat(value("source_task_metrics_source_record_poll_rate")).isZero();
    assertThat(value("source_task_metrics_poll_batch_avg_time_ms")).isNaN();
    assertThat(value("source_task_metrics_source_record_poll")).isEqualTo(3_000);
  }

  @Test
  @DisplayName("§15.6 ratios are of the task's life, shares of the commits in the window")
  void ratiosAndShares() {
    var meter = open(TASK, WorkKind.SINK);
    meter.became(WorkStatus.RUNNING);
    time.pass(3_000);
    meter.became(WorkStatus.PAUSED);
    time.pass(1_000);
    assertThat(value("connector_task_metrics_running_ratio")).isEqualTo(0.75);
    assertThat(value("connector_task_metrics_pause_ratio")).isEqualTo(0.25);
    assertThat(text("connector_task_metrics_status")).isEqualTo("paused");
    assertThat(value("connector_task_metrics_offset_commit_success_percentage")).isZero();
    meter.counters().add(Count.COMMITS, 3);
    meter.counters().add(Count.COMMIT_FAILURES);
    assertThat(value("connector_task_metrics_offset_commit_success_percentage")).isEqualTo(0.75);
    assertThat(value("connector_task_metrics_offset_commit_failure_percentage")).isEqualTo(0.25);
  }

  @Test
  @DisplayName("§15.6 a clock that is set changes no ratio")
  void ratiosAreOfTimeThatHasPassed() {
    var meter = open(TASK, WorkKind.SINK);
    meter.became(WorkStatus.RUNNING);
    time.pass(3_000);
    time.set(3_600_000);
    meter.became(WorkStatus.PAUSED);
    time.pass(1_000);
    time.set(-7_200_000);
    assertThat(value("connector_task_metrics_running_ratio")).isEqualTo(0.75);
    assertThat(value("connector_task_metrics_pause_ratio")).isEqualTo(0.25);
  }

  @Test
  @DisplayName("§15.2 only the first start of work counts, or the failure before it")
  void startsAreCountedOnce() {
    var meter = open(TASK, WorkKind.SINK);
    meter.became(WorkStatus.RUNNING);
    meter.became(WorkStatus.PAUSED);
    meter.became(WorkStatus.RUNNING);
    meter.became(WorkStatus.failed("later"));
    assertThat(value("connect_worker_metrics_task_startup_attempts")).isEqualTo(1);
    assertThat(value("connect_worker_metrics_task_startup_failure")).isZero();
    open(new WorkId("c", 1), WorkKind.SINK).became(WorkStatus.failed("at once"));
    assertThat(value("connect_worker_metrics_task_startup_failure")).isEqualTo(1);
    assertThat(value("connect_worker_metrics_connector_startup_attempts")).isZero();
  }

  @Test
  @DisplayName("§15.7 sizes of transactions are there for transactional sources only")
  void transactionsOfTransactionalSources() {
    open(TASK, WorkKind.SOURCE);
    assertThat(names()).noneMatch(name -> name.contains("transaction"));
    open(new WorkId("d", 0), WorkKind.TRANSACTIONAL_SOURCE);
    assertThat(names()).contains("kafka_connect_source_task_metrics_transaction_size_min");
  }

  @Test
  @DisplayName("§15.14 after hundreds of starts and stops no MBean is left")
  void nothingLeaks() throws JMException {
    int families = metrics.families().size();
    var before = mbeans();
    for (int i = 0; i < 300; i++) {
      var meter = open(new WorkId("c" + i % 3, i % 2), WorkKind.TRANSACTIONAL_SOURCE);
      meter.transformation("t", new Object());
      register(meter, "gauge");
      meter.close();
      meter.publish(WorkKind.SOURCE, CONNECTOR); // by a thread that was left behind
      meter.counters().sample(Sample.POLL_MS, 1);
      meter.converter("key", new Object());
      meter.predicate("p", new Object());
      meter.close();
    }
    assertThat(mbeans()).isEqualTo(before);
    assertThat(metrics.families()).hasSize(families);
  }

  @Test
  @DisplayName("§15.11 a predicate that two transformations use has its metrics once")
  void aPredicateUsedTwice() {
    var meter = open(TASK, WorkKind.SINK);
    Monitorable twice = plugin -> add(plugin, "used", (config, now) -> 1);
    meter.predicate("p", twice);
    meter.predicate("p", twice);
    assertThat(point("plugins_used").labels()).containsEntry("predicate", "p");
    assertThat(point("connector_predicate_metrics_predicate_class").labels())
        .containsEntry("predicate", "p");
  }

  @Test
  @DisplayName("§15.14 metrics of failed work stay until it is stopped; its plugins' go")
  void failedWorkKeepsItsMetrics() {
    var meter = open(TASK, WorkKind.SINK);
    register(meter, "gauge");
    meter.became(WorkStatus.failed("trace"));
    meter.pluginsClosed();
    assertThat(names()).noneMatch(name -> name.contains("gauge"));
    assertThat(text("connector_task_metrics_status")).isEqualTo("failed");
    assertThat(value("connect_worker_metrics_connector_failed_task_count")).isEqualTo(1);
  }

  @Test
  @DisplayName("§15.18 a plugin's metric that hangs or throws is left out, and no other")
  void badGaugesHurtThemselves() {
    var hanging = open(TASK, WorkKind.SINK);
    var never = new CountDownLatch(1);
    add(hanging, "hangs", (config, now) -> await(never));
    var throwing = open(new WorkId("d", 0), WorkKind.SINK);
    add(
        throwing,
        "throws",
        (config, now) -> {
          throw new StackOverflowError("told to");
        });
    add(throwing, "fine", (config, now) -> 1);
    for (int i = 0; i < 2; i++) {
      assertThat(names())
          .contains("kafka_connect_plugins_fine")
          .contains("kafka_connect_sink_task_metrics_partition_count")
          .doesNotContain("kafka_connect_plugins_hangs", "kafka_connect_plugins_throws");
    }
    never.countDown();
  }

  private static int await(CountDownLatch latch) {
    try {
      latch.await();
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  @Test
  @DisplayName("§15.20 workers of one JVM do not disturb each other, though MBeans have one name")
  void workersShareTheJvm() {
    open(TASK, WorkKind.SINK);
    var second = worker(time, new JmxReporter());
    assertThatCode(() -> second.identified("host:1")).doesNotThrowAnyException();
    metrics.identified("host:1");
    second.open(TASK).publish(WorkKind.SINK, CONNECTOR);
    second.close();
    assertThat(value("connect_worker_metrics_task_count")).isEqualTo(1);
    assertThat(names()).contains("kafka_connect_sink_task_metrics_partition_count");
  }

  @Test
  @DisplayName(
      "§15.16 reporters get all metrics and the context; the cluster's id when it is known")
  void reportersAreTold() {
    var reporter = new Listing();
    try (var told = worker(time, reporter)) {
      assertThat(reporter.context)
          .containsEntry("_namespace", "kafka.connect")
          .containsEntry("rack", "1");
      told.clusterIs("abc");
      assertThat(reporter.context)
          .containsEntry("connect.kafka.cluster.id", "abc")
          .containsEntry("rack", "1");
      var meter = told.open(TASK);
      meter.publish(WorkKind.SINK, CONNECTOR);
      assertThat(reporter.groups).contains("sink-task-metrics", "connect-worker-metrics");
      meter.close();
      assertThat(reporter.groups).doesNotContain("sink-task-metrics");
    }
    assertThat(reporter.closed).isTrue();
  }

  @Test
  @DisplayName("§15.4 leader and rebalances are unknown before the group is joined")
  void rebalances() {
    assertThat(value("connect_worker_rebalance_metrics_time_since_last_rebalance_ms"))
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(names()).noneMatch(name -> name.endsWith("leader_name"));
    metrics.joined("http://a:8083/", 3);
    assertThat(value("connect_worker_rebalance_metrics_rebalancing")).isEqualTo(1);
    time.pass(20);
    metrics.settled();
    time.pass(5);
    assertThat(text("connect_worker_rebalance_metrics_leader_name")).isEqualTo("http://a:8083/");
    assertThat(value("connect_worker_rebalance_metrics_epoch")).isEqualTo(3);
    assertThat(value("connect_worker_rebalance_metrics_completed_rebalances")).isEqualTo(1);
    assertThat(value("connect_worker_rebalance_metrics_rebalance_max_time_ms")).isEqualTo(20);
    assertThat(value("connect_worker_rebalance_metrics_time_since_last_rebalance_ms")).isEqualTo(5);
  }

  @Test
  @DisplayName("§15.21 shows how long a call of poll or put lasts, and what the work waits for")
  void whatWorkWaitsFor() {
    var meter = open(TASK, WorkKind.SINK);
    meter.counters().waitingFor(Counters.Cause.PLUGIN, "the sink", time.milliseconds());
    meter.counters().set(Count.CALL_BEGAN_AT, time.hiResClockMs());
    meter.counters().set(Count.SINK_LAG, 12);
    time.pass(700);
    assertThat(text("connector_task_metrics_waiting_for")).isEqualTo("plugin");
    assertThat(value("connector_task_metrics_waiting_time_ms")).isEqualTo(700);
    assertThat(value("sink_task_metrics_put_stall_time_ms")).isEqualTo(700);
    assertThat(value("sink_task_metrics_sink_record_lag_max")).isEqualTo(12);
  }

  /** Keeps what it is told. */
  private static final class Listing implements MetricsReporter {
    private final List<String> groups = new ArrayList<>();
    private Map<String, String> context = Map.of();
    private boolean closed;

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void contextChange(MetricsContext given) {
      context = given.contextLabels();
    }

    @Override
    public void init(List<KafkaMetric> present) {
      present.forEach(this::metricChange);
    }

    @Override
    public void metricChange(KafkaMetric metric) {
      groups.add(metric.metricName().group());
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
      groups.remove(metric.metricName().group());
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private WorkMeter open(WorkId id, WorkKind kind) {
    var meter = metrics.open(id);
    meter.begin();
    meter.publish(kind, CONNECTOR);
    return meter;
  }

  private static void register(WorkMeter meter, String name) {
    add(meter, name, (config, now) -> 1);
  }

  private static void add(WorkMeter meter, String name, Gauge<Integer> gauge) {
    add(meter.plugin(), name, gauge);
  }

  private static void add(PluginMetrics plugin, String name, Gauge<Integer> gauge) {
    plugin.addMetric(plugin.metricName(name, "", new LinkedHashMap<>()), gauge);
  }

  private List<String> names() {
    return metrics.families().stream().map(MetricFamily::name).toList();
  }

  private MetricFamily.Point point(String name) {
    return metrics.families().stream()
        .filter(family -> family.name().equals("kafka_connect_" + name))
        .flatMap(family -> family.points().stream())
        .findFirst()
        .orElseThrow();
  }

  private double value(String name) {
    return point(name).value();
  }

  private String text(String name) {
    return point(name).labels().get("value");
  }

  private static List<String> mbeans() throws JMException {
    return ManagementFactory.getPlatformMBeanServer()
        .queryNames(new ObjectName("kafka.connect:*"), null)
        .stream()
        .map(ObjectName::toString)
        .sorted()
        .toList();
  }
}
