package dev.millrace.bench.plugin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/** Gives records as fast as they are taken. */
public final class RecordSource extends SourceConnector {

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
    return RecordTask.class;
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
   * Its task: {@code form}, {@code batch} records for each poll of the {@code topic}, each poll
   * taking {@code poll.ms}.
   */
  public static final class RecordTask extends SourceTask {
    private static final Map<String, String> PARTITION = Map.of("bench", "0");
    private static final long REST_NANOS = 100_000_000;

    private final SchemaAndValue[] values = new SchemaAndValue[1000];
    private Marks marks;
    private String topic;
    private int batch;
    private long pollNanos;
    private long count;
    private boolean over;

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> properties) {
      Form form = Form.valueOf(properties.get("form"));
      for (int i = 0; i < values.length; i++) values[i] = form.value(i);
      topic = properties.get("topic");
      batch = Integer.parseInt(properties.get("batch"));
      pollNanos = 1_000_000L * Long.parseLong(properties.get("poll.ms"));
      marks = new Marks(properties, properties.get("name"));
      over = marks.passed(0);
    }

    @Override
    public List<SourceRecord> poll() {
      if (over) {
        LockSupport.parkNanos(REST_NANOS);
        return null;
      }
      if (pollNanos > 0) LockSupport.parkNanos(pollNanos);
      List<SourceRecord> records = new ArrayList<>(batch);
      for (int i = 0; i < batch; i++) records.add(next());
      over = marks.passed(count);
      return records;
    }

    private SourceRecord next() {
      SchemaAndValue value = values[(int) (count % values.length)];
      Map<String, Long> offset = Collections.singletonMap("count", ++count);
      return new SourceRecord(
          PARTITION, offset, topic, (Schema) null, null, value.schema(), value.value());
    }

    @Override
    public void stop() {}
  }
}
