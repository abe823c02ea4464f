package dev.millrace.bench.plugin;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/** A source without records: each poll waits a while and gives nothing. */
public final class IdleSource extends SourceConnector {

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
    return IdleTask.class;
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

  /** Its task. */
  public static final class IdleTask extends SourceTask {
    private static final long WAIT_MS = 1000;

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> properties) {}

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
      Thread.sleep(WAIT_MS);
      return null;
    }

    @Override
    public void stop() {}
  }
}
