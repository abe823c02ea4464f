package dev.millrace.worker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.SourceTaskContext;

/** Emits a number every 20 ms, and has trouble where its configuration says. */
public final class TroubleSource extends SourceConnector {

  private Map<String, String> settings = Map.of();

  public TroubleSource() {
    Trouble.inConstructor("connector.constructor");
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public void initialize(ConnectorContext ctx) {
    super.initialize(ctx);
    Trouble.inConstructor("connector.initialize");
  }

  @Override
  public void start(Map<String, String> props) {
    settings = props;
    Trouble.at("connector.start", props);
  }

  @Override
  public Class<? extends Task> taskClass() {
    Trouble.at("connector.taskClass", settings);
    return Work.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    Trouble.at("connector.taskConfigs", settings);
    return List.of(new HashMap<>(settings));
  }

  @Override
  public void stop() {
    Trouble.at("connector.stop", settings);
  }

  @Override
  public ConfigDef config() {
    Trouble.inConstructor("connector.config");
    return new ConfigDef();
  }

  @Override
  public Config validate(Map<String, String> props) {
    Trouble.at("connector.validate", props);
    return super.validate(props);
  }

  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> props) {
    return ExactlyOnceSupport.SUPPORTED;
  }

  /** Its task. */
  public static final class Work extends SourceTask {
    private static final AtomicLong LAST = new AtomicLong();
    private Map<String, String> settings;

    public Work() {
      Trouble.inConstructor("task.constructor");
    }

    @Override
    public String version() {
      Trouble.inConstructor("task.version");
      return "1";
    }

    @Override
    public void initialize(SourceTaskContext ctx) {
      super.initialize(ctx);
      Trouble.inConstructor("task.initialize");
    }

    @Override
    public void start(Map<String, String> props) {
      settings = props;
      if (props.containsKey(Trouble.MENDED)) Trouble.startsMended();
      Trouble.at("task.start", props);
    }

    @Override
    public List<SourceRecord> poll() {
      Trouble.at("task.poll", settings);
      LockSupport.parkNanos(20_000_000); // as a source that has little
      var record =
          new SourceRecord(
              Map.of("p", settings.get("name")),
              Map.of("n", LAST.incrementAndGet()),
              settings.get("topic"),
              Schema.STRING_SCHEMA,
              String.valueOf(LAST.get()));
      record.headers().addString("from", settings.get("name"));
      return List.of(record);
    }

    @Override
    public void commit() {
      Trouble.at("task.commit", settings);
    }

    @Override
    public void commitRecord(SourceRecord record, RecordMetadata metadata) {
      Trouble.at("task.commitRecord", settings);
    }

    @Override
    public void stop() {
      Trouble.at("task.stop", settings);
    }
  }
}
