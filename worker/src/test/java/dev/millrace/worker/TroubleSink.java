package dev.millrace.worker;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Counts the records it gets, and has trouble where its configuration says. */
public final class TroubleSink extends SinkConnector {

  private static final Map<String, AtomicLong> SEEN = new ConcurrentHashMap<>();
  private Map<String, String> settings = Map.of();

  /** How many records the tasks of a connector have got. */
  static long seen(String name) {
    return SEEN.computeIfAbsent(name, n -> new AtomicLong()).get();
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public void start(Map<String, String> props) {
    settings = props;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return Work.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return List.of(new HashMap<>(settings));
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return new ConfigDef();
  }

  /** Its task. */
  public static final class Work extends SinkTask {
    private Map<String, String> settings = Map.of();

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> props) {
      settings = props;
      Trouble.at("sink.start", props);
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
      Trouble.at("sink.open", settings);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
      if (records.isEmpty()) return;
      Trouble.at("sink.put", settings);
      if (settings.containsKey("report")) report(records.iterator().next());
      var seen = SEEN.computeIfAbsent(settings.get("name"), n -> new AtomicLong());
      seen.addAndGet(records.size());
    }

    /** Gives a record up, and waits until that is safe. */
    private void report(SinkRecord record) {
      var reporter = context.errantRecordReporter();
      try {
        reporter.report(record, new ConnectException("odd")).get();
      } catch (InterruptedException | ExecutionException e) {
        throw new ConnectException(e);
      }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(
        Map<TopicPartition, OffsetAndMetadata> offsets) {
      Trouble.at("sink.preCommit", settings);
      return super.preCommit(offsets);
    }

    @Override
    public void flush(Map<TopicPartition, OffsetAndMetadata> offsets) {
      Trouble.at("sink.flush", settings);
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
      Trouble.at("sink.close", settings);
    }

    @Override
    public void stop() {
      Trouble.at("sink.stop", settings);
    }
  }
}
