package dev.millrace.rehearsal;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/** A source without records, whose settings mean nothing, and which stops at once. */
public final class RehearsalSource extends SourceConnector {
  /** The setting that changes. */
  private static final String VALUE = "value";

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
    return Idle.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return Collections.nCopies(maxTasks, settings);
  }

  @Override
  public void stop() {
    settings = Map.of();
  }

  @Override
  public ConfigDef config() {
    return new ConfigDef()
        .define(VALUE, ConfigDef.Type.INT, 0, ConfigDef.Importance.LOW, "Anything.");
  }

  /** Its task. */
  public static final class Idle extends SourceTask {
    private static final long WAIT_MS = 500;

    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> properties) {
      // there is nothing to be made ready
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
      boolean unused = stopped.await(WAIT_MS, TimeUnit.MILLISECONDS);
      return null;
    }

    @Override
    public void stop() {
      stopped.countDown();
    }
  }
}
