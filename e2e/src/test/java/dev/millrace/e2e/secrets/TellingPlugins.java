package dev.millrace.e2e.secrets;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.transforms.Transformation;

/** Plugins that put their password into whatever they throw, and throw wherever they can. */
final class TellingPlugins {
  private TellingPlugins() {}

  private static ConfigDef definition() {
    return new ConfigDef()
        .define("password", ConfigDef.Type.STRING, "", ConfigDef.Importance.HIGH, "")
        .define("port", ConfigDef.Type.INT, 1, ConfigDef.Importance.HIGH, "");
  }

  private static String told(Map<String, ?> settings) {
    return "access denied for ann with " + settings.get("password");
  }

  /** A source. */
  public static final class Source extends SourceConnector {
    private Map<String, String> settings = Map.of();
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public void start(Map<String, String> props) {
      settings = props;
    }

    @Override
    public Class<? extends Task> taskClass() {
      return Source.Work.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
      if (asked.getAndIncrement() == 0) throw new ConnectException(told(settings));
      return List.of(Map.copyOf(settings));
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
      return definition();
    }

    @Override
    public Config validate(Map<String, String> props) {
      Config answer = super.validate(props);
      if (!props.containsKey("refuse")) return answer;
      answer.configValues().getFirst().addErrorMessage(told(props));
      return answer;
    }

    @Override
    public boolean alterOffsets(Map<String, String> props, Map<Map<String, ?>, Map<String, ?>> o) {
      throw new ConnectException(told(props));
    }

    @Override
    public String version() {
      return "1";
    }

    /** Its task: gives a record at each poll, and fails at the end. */
    public static final class Work extends SourceTask {
      private Map<String, String> settings;
      private int polls;

      @Override
      public void start(Map<String, String> props) {
        settings = props;
      }

      @Override
      public List<SourceRecord> poll() {
        LockSupport.parkNanos(20_000_000);
        polls++;
        if (polls == 1) throw new RetriableException(told(settings));
        if (polls > 40) throw new ConnectException(told(settings));
        return List.of(
            new SourceRecord(
                Map.of("p", "0"),
                Map.of("n", polls),
                settings.get("topic"),
                Schema.STRING_SCHEMA,
                List.of("good", "bad", "odd").get(polls % 3)));
      }

      @Override
      public void commit() {
        throw new ConnectException(told(settings));
      }

      @Override
      public void commitRecord(SourceRecord record, RecordMetadata metadata) {
        throw new ConnectException(told(settings));
      }

      @Override
      public void stop() {
        throw new ConnectException(told(settings));
      }

      @Override
      public String version() {
        return "1";
      }
    }
  }

  /** A sink. */
  public static final class Sink extends SinkConnector {
    private Map<String, String> settings = Map.of();

    @Override
    public void start(Map<String, String> props) {
      settings = props;
    }

    @Override
    public Class<? extends Task> taskClass() {
      return Sink.Work.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
      return List.of(Map.copyOf(settings));
    }

    @Override
    public void stop() {
      throw new ConnectException(told(settings));
    }

    @Override
    public ConfigDef config() {
      return definition();
    }

    @Override
    public String version() {
      return "1";
    }

    /** Its task: each method fails once. */
    public static final class Work extends SinkTask {
      private Map<String, String> settings;
      private boolean put;
      private int commits;

      @Override
      public void start(Map<String, String> props) {
        settings = props;
      }

      @Override
      public void put(Collection<SinkRecord> records) {
        if (put || records.isEmpty()) return;
        put = true;
        context.timeout(10);
        throw new RetriableException(told(settings));
      }

      @Override
      public Map<TopicPartition, OffsetAndMetadata> preCommit(
          Map<TopicPartition, OffsetAndMetadata> offsets) {
        if (commits++ == 0) throw new ConnectException(told(settings));
        offsets.put(new TopicPartition("no", 0), new OffsetAndMetadata(1, told(settings)));
        return offsets;
      }

      @Override
      public void close(Collection<TopicPartition> partitions) {
        throw new ConnectException(told(settings));
      }

      @Override
      public void stop() {}

      @Override
      public String version() {
        return "1";
      }
    }
  }

  /** Fails at records of the value that is refused. */
  public static final class Step<R extends ConnectRecord<R>> implements Transformation<R> {
    private Map<String, ?> settings = Map.of();

    @Override
    public void configure(Map<String, ?> configs) {
      settings = configs;
    }

    @Override
    public R apply(R record) {
      if (record.value().equals(settings.get("refused")))
        throw new ConnectException(told(settings));
      return record;
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void close() {
      throw new ConnectException(told(settings));
    }
  }
}
