package dev.millrace.worker.metrics;

import dev.millrace.engine.Count;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Sample;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.metrics.MeasurableStat;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.Avg;
import org.apache.kafka.common.metrics.stats.Max;
import org.apache.kafka.common.metrics.stats.Min;
import org.apache.kafka.common.utils.Time;

/**
 * The groups of one source or sink task beside {@code connector-task-metrics} (compat: metrics
 * §6–§9), fed from its counters. Made and filled by one thread.
 */
final class TaskGroups {
  private final Metrics metrics;
  private final Map<String, String> tags;
  private final Counters counters;
  private final Time time;
  private final List<Group> groups = new ArrayList<>();
  private final Map<Sample, Sensor> sensors = new EnumMap<>(Sample.class);

  TaskGroups(Registry registry, Map<String, String> tags, Counters counters) {
    this.metrics = registry.metrics();
    this.tags = tags;
    this.counters = counters;
    this.time = registry.time();
  }

  List<Group> groups() {
    return List.copyOf(groups);
  }

  /** Where single measurements go; those of other kinds of work are not there. */
  Map<Sample, Sensor> sensors() {
    return sensors;
  }

  private Group group(String type) {
    Group made = new Group(metrics, type, tags);
    groups.add(made);
    return made;
  }

  private LongSupplier count(Count what) {
    return () -> counters.get(what);
  }

  private void number(Group group, String name, String description, Count what) {
    group.count(name, description, count(what));
  }

  private Sensor spread(Group group, Sample what, String name, String description) {
    Map<String, MeasurableStat> stats = new LinkedHashMap<>();
    stats.put(name.formatted("max"), new Max());
    stats.put(name.formatted("avg"), new Avg());
    Sensor sensor = group.sensor(description, stats);
    sensors.put(what, sensor);
    return sensor;
  }

  /** Commits and batches, which all tasks have, in the task's own group. */
  void common(Group task) {
    spread(task, Sample.COMMIT_MS, "offset-commit-%s-time-ms", "Time of a successful commit");
    spread(task, Sample.BATCH_RECORDS, "batch-size-%s", "Records in a batch");
    task.share(
        "offset-commit-success-percentage",
        "Share of commits that succeeded",
        count(Count.COMMITS),
        count(Count.COMMIT_FAILURES));
    task.share(
        "offset-commit-failure-percentage",
        "Share of commits that failed",
        count(Count.COMMIT_FAILURES),
        count(Count.COMMITS));
    task.text("waiting-for", "What the task waits for: plugin, record, send, kafka", this::cause);
    task.count("waiting-time-ms", "How long the task has waited", this::waitingMs);
  }

  private String cause() {
    return counters.cause().map(cause -> cause.name().toLowerCase(Locale.ROOT)).orElse("");
  }

  private long waitingMs() {
    return counters
        .waiting()
        .map(waiting -> Math.max(0, time.milliseconds() - waiting.sinceMs()))
        .orElse(0L);
  }

  void source(boolean transactional) {
    Group group = group("source-task-metrics");
    group.rateAndTotal(
        "source-record-poll", "Records returned by poll", count(Count.SOURCE_POLLED));
    group.rateAndTotal(
        "source-record-write", "Records written to Kafka", count(Count.SOURCE_WRITTEN));
    String active = "Records polled and not yet written";
    LongSupplier level = () -> Math.max(0, counters.get(Count.SOURCE_ACTIVE));
    group.count("source-record-active-count", active, level);
    group.watch(
        spread(group, Sample.SOURCE_ACTIVE, "source-record-active-count-%s", active), level);
    spread(group, Sample.POLL_MS, "poll-batch-%s-time-ms", "Time of a poll that gave records");
    callTime(group, "poll-stall-time-ms", "How long the present call of poll has lasted");
    if (transactional) transactions(group);
  }

  private void transactions(Group group) {
    Map<String, MeasurableStat> stats = new LinkedHashMap<>();
    stats.put("transaction-size-min", new Min());
    stats.put("transaction-size-max", new Max());
    stats.put("transaction-size-avg", new Avg());
    sensors.put(
        Sample.TRANSACTION_RECORDS, group.sensor("Records in a committed transaction", stats));
  }

  void sink() {
    Group group = group("sink-task-metrics");
    group.rateAndTotal("sink-record-read", "Records consumed", count(Count.SINK_READ));
    group.rateAndTotal("sink-record-send", "Records handed to put", count(Count.SINK_SENT));
    String active = "Records consumed and not yet committed";
    number(group, "sink-record-active-count", active, Count.SINK_ACTIVE);
    spread(group, Sample.SINK_ACTIVE, "sink-record-active-count-%s", active);
    number(
        group,
        "sink-record-lag-max",
        "The most records of one partition that are consumed and not yet committed",
        Count.SINK_LAG);
    number(group, "partition-count", "Partitions assigned", Count.PARTITIONS);
    number(group, "offset-commit-seq-no", "Number of the latest commit", Count.COMMIT_SEQUENCE);
    group.rateAndTotal("offset-commit-completion", "Commits completed", count(Count.COMMITS));
    group.rateAndTotal(
        "offset-commit-skip", "Commits answered too late", count(Count.COMMITS_SKIPPED));
    spread(group, Sample.PUT_MS, "put-batch-%s-time-ms", "Time of a successful put");
    number(group, "put-retries-total", "Puts that asked to be repeated", Count.PUT_RETRIES);
    callTime(group, "put-stall-time-ms", "How long the present call of put has lasted");
  }

  private void callTime(Group group, String name, String description) {
    group.count(
        name,
        description,
        () -> {
          long began = counters.get(Count.CALL_BEGAN_AT);
          return began == 0 ? 0 : Math.max(0, time.hiResClockMs() - began);
        });
  }

  void errors() {
    Group group = group("task-error-metrics");
    number(group, "total-record-failures", "Failed operations on records", Count.RECORD_FAILURES);
    number(group, "total-record-errors", "Records given up", Count.RECORD_ERRORS);
    number(group, "total-records-skipped", "Records skipped after errors", Count.RECORDS_SKIPPED);
    number(group, "total-retries", "Operations repeated", Count.RETRIES);
    number(group, "total-errors-logged", "Errors written to the log", Count.ERRORS_LOGGED);
    number(
        group,
        "deadletterqueue-produce-requests",
        "Records offered to the dead letter queue",
        Count.DEAD_LETTERS);
    number(
        group,
        "deadletterqueue-produce-failures",
        "Records the dead letter queue did not take",
        Count.DEAD_LETTER_FAILURES);
    group.whole(
        "last-error-timestamp",
        "When the latest error happened, in milliseconds since 1970; 0 for never",
        count(Count.LAST_ERROR_AT));
  }
}
