package dev.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** Runs a source task as a runtime would, keeping offsets of what was polled. */
final class SourceHarness implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofMinutes(3);

  private final Map<Map<String, ?>, Map<String, ?>> offsets;
  private final Map<String, String> config;
  private JdbcSourceTask task;
  private int largestBatch;
  private int outages;

  SourceHarness(Map<String, String> config) {
    this(config, new HashMap<>());
  }

  SourceHarness(Map<String, String> config, Map<Map<String, ?>, Map<String, ?>> offsets) {
    this.offsets = offsets;
    this.config = config;
    start();
  }

  void start() {
    JdbcSourceConnector connector = new JdbcSourceConnector();
    connector.start(config);
    task = new JdbcSourceTask();
    task.initialize(new Context());
    task.start(connector.taskConfigs(1).getFirst());
  }

  void restart() {
    task.stop();
    start();
  }

  JdbcSourceTask task() {
    return task;
  }

  /** How often a poll said that the database is away. */
  int outages() {
    return outages;
  }

  int largestBatch() {
    return largestBatch;
  }

  /** One poll; the offsets of its records are stored. As for a runtime, an outage is no records. */
  List<SourceRecord> poll() throws InterruptedException {
    List<SourceRecord> records;
    try {
      records = task.poll();
    } catch (RetriableException e) {
      outages++;
      return List.of();
    }
    if (records == null) {
      return List.of();
    }
    largestBatch = Math.max(largestBatch, records.size());
    records.forEach(r -> offsets.put(r.sourcePartition(), r.sourceOffset()));
    return records;
  }

  /** Polls until there are so many records. */
  List<SourceRecord> take(int count) throws InterruptedException {
    return takeUntil(records -> records.size() >= count);
  }

  List<SourceRecord> takeUntil(Predicate<List<SourceRecord>> enough) throws InterruptedException {
    List<SourceRecord> records = new ArrayList<>();
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!enough.test(records)) {
      assertThat(System.nanoTime() - end).as("records so far: %s", records.size()).isNegative();
      records.addAll(poll());
    }
    return records;
  }

  /** Polls so often that a row which is there would have been found. */
  List<SourceRecord> takeRest() throws InterruptedException {
    List<SourceRecord> records = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      records.addAll(poll());
    }
    return records;
  }

  static List<Object> values(Collection<SourceRecord> records, String field) {
    return records.stream().map(r -> ((Struct) r.value()).get(field)).toList();
  }

  static List<Long> ids(Collection<SourceRecord> records) {
    return records.stream()
        .map(r -> ((Number) ((Struct) r.value()).get("id")).longValue())
        .toList();
  }

  @Override
  public void close() {
    task.stop();
  }

  private final class Context implements SourceTaskContext, OffsetStorageReader {
    @Override
    public Map<String, String> configs() {
      return config;
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
      return this;
    }

    @Override
    public PluginMetrics pluginMetrics() {
      throw new UnsupportedOperationException("this task has no metrics");
    }

    @Override
    @SuppressWarnings({"unchecked", "ReturnsNullCollection"}) // as the interface says
    public <T> Map<String, Object> offset(Map<String, T> partition) {
      return (Map<String, Object>) offsets.get(partition);
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(
        Collection<Map<String, T>> partitions) {
      Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
      partitions.forEach(partition -> found.put(partition, offset(partition)));
      return found;
    }
  }
}
