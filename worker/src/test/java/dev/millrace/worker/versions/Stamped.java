package dev.millrace.worker.versions;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.storage.StringConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/** One plugin of each kind; each leaves its version in the record it handles. */
public final class Stamped {

  /** The resource that holds the version of an archive. */
  public static final String STAMP = "stamp.txt";

  private Stamped() {}

  /** Of the archive that this copy of the class is in. */
  static String stamp() {
    try (InputStream in = Stamped.class.getClassLoader().getResourceAsStream(STAMP)) {
      return in == null ? "0" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends one record to {@code topic}. */
  public static final class StampedSourceConnector extends SourceConnector {
    private Map<String, String> settings = Map.of();

    @Override
    public String version() {
      return stamp();
    }

    @Override
    public void start(Map<String, String> props) {
      settings = props;
    }

    @Override
    public Class<? extends Task> taskClass() {
      return Once.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
      return List.of(settings);
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
      return new ConfigDef()
          .define("topic", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Where to");
    }
  }

  /** Its task. */
  public static final class Once extends SourceTask {
    private String topic = "";
    private boolean sent;

    @Override
    public String version() {
      return stamp();
    }

    @Override
    public void start(Map<String, String> props) {
      topic = props.get("topic");
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
      if (sent) {
        var unused = new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
        return null;
      }
      sent = true;
      var record =
          new SourceRecord(
              Map.of("p", 0), Map.of("n", 1), topic, 0, Schema.STRING_SCHEMA, "source " + stamp());
      return List.of(record);
    }

    @Override
    public void stop() {}
  }

  /** Adds itself to the value. */
  public static final class Step implements Transformation<SourceRecord>, Versioned {
    @Override
    public String version() {
      return stamp();
    }

    @Override
    public SourceRecord apply(SourceRecord r) {
      return r.newRecord(
          r.topic(),
          r.kafkaPartition(),
          r.keySchema(),
          r.key(),
          r.valueSchema(),
          r.value() + ", step " + stamp(),
          r.timestamp());
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
  }

  /** Adds itself to the headers. */
  public static final class Always implements Predicate<SourceRecord>, Versioned {
    @Override
    public String version() {
      return stamp();
    }

    @Override
    public boolean test(SourceRecord r) {
      r.headers().addString("by", "predicate " + stamp());
      return true;
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
  }

  /** Adds itself to the text. */
  public static final class Text extends StringConverter {
    @Override
    public String version() {
      return stamp();
    }

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
      return super.fromConnectData(
          topic, schema, value == null ? null : value + ", converter " + stamp());
    }
  }

  /** Adds itself to the header. */
  public static final class Titles extends SimpleHeaderConverter {
    @Override
    public String version() {
      return stamp();
    }

    @Override
    public byte[] fromConnectHeader(String topic, String key, Schema schema, Object value) {
      return super.fromConnectHeader(topic, key, schema, value + ", titles " + stamp());
    }
  }
}
