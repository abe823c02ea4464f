package dev.millrace.bench.plugin;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Counts records. */
public final class CountingSink extends SinkConnector {

  private Map<String, String> settings = Map.of();

  @Override
  public String version() {
    return "1";
  }

  @Override
  public void start(Map<String, String> properties) {
    settings = properties;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return CountingTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return Collections.nCopies(maxTasks, settings);
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return new ConfigDef();
  }

  /**
   * Its task: each put takes {@code put.ms}. Behind the first {@code records} of its topic's only
   * partition it begins anew.
   */
  public static final class CountingTask extends SinkTask {
    private Marks marks;
    private long records;
    private long putNanos;
    private long count;
    private long expected;

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> properties) {
      records = Long.parseLong(properties.get("records"));
      putNanos = 1_000_000L * Long.parseLong(properties.get("put.ms"));
      marks = new Marks(properties, properties.get("name"));
    }

    @Override
    public void put(Collection<SinkRecord> batch) {
      if (batch.isEmpty()) return;
      if (count == 0) marks.passed(0);
      for (SinkRecord record : batch) {
        if (record.kafkaOffset() != expected || record.value() == null) {
          throw new IllegalStateException(
              "expected offset " + expected + ", got " + record.kafkaOffset());
        }
        expected++;
        count++;
      }
      if (putNanos > 0) LockSupport.parkNanos(putNanos);
      boolean over = marks.passed(count);
      if (expected >= records && !over) again(batch.iterator().next());
    }

    private void again(SinkRecord any) {
      expected = 0;
      context.offset(new TopicPartition(any.topic(), any.kafkaPartition()), 0);
    }

    @Override
    public void stop() {}
  }
}
