package dev.millrace.bench.plugin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/** Gives a thousand records a second, each with the time of its poll. */
public final class TimedSource extends SourceConnector {

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
    return TimedTask.class;
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

  /** Its task; a record that is late is given with the next. */
  public static final class TimedTask extends SourceTask {
    private static final Map<String, String> PARTITION = Map.of("bench", "0");
    private static final long INTERVAL_NANOS = 1_000_000;

    private String topic;
    private long due;
    private long count;

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> properties) {
      topic = properties.get("topic");
      due = System.nanoTime();
    }

    @Override
    public List<SourceRecord> poll() {
      long wait = due - System.nanoTime();
      if (wait > 0) LockSupport.parkNanos(wait);
      long now = System.nanoTime();
      List<SourceRecord> records = new ArrayList<>();
      for (; due <= now; due += INTERVAL_NANOS) records.add(next());
      return records;
    }

    private SourceRecord next() {
      SchemaAndValue value = Form.STRUCT.value((int) (count % 1000));
      ((Struct) value.value()).put("id", System.nanoTime());
      Map<String, Long> offset = Collections.singletonMap("count", ++count);
      return new SourceRecord(PARTITION, offset, topic, value.schema(), value.value());
    }

    @Override
    public void stop() {}
  }
}
