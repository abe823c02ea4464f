package dev.millrace.bench.plugin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * A source without records that notes its starts and stops, and those of its tasks. On request one
 * of its methods hangs.
 */
public final class NotingSource extends SourceConnector {

  private Map<String, String> settings = Map.of();

  @Override
  public String version() {
    return "1";
  }

  @Override
  public void start(Map<String, String> properties) {
    settings = properties;
    Hang.in("Connector.start", settings);
    new Notes(settings).write("connector-start");
  }

  @Override
  public Class<? extends Task> taskClass() {
    return NotingTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    Hang.in("Connector.taskConfigs", settings);
    List<Map<String, String>> all = new ArrayList<>();
    for (int i = 0; i < maxTasks; i++) {
      Map<String, String> task = new HashMap<>(settings);
      task.put(Notes.TASK, Integer.toString(i));
      all.add(task);
    }
    return all;
  }

  @Override
  public Config validate(Map<String, String> properties) {
    Hang.in("Connector.validate", properties);
    return super.validate(properties);
  }

  @Override
  public void stop() {
    Hang.in("Connector.stop", settings);
    new Notes(settings).write("connector-stop");
  }

  @Override
  public ConfigDef config() {
    return new ConfigDef();
  }

  /** Its task. */
  public static final class NotingTask extends SourceTask {
    private static final String WAIT = "bench.poll.ms";
    private static final long GAP_MS = 2_500;

    private Map<String, String> settings = Map.of();
    private long waitMs;
    private long polledMs;

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> properties) {
      settings = properties;
      waitMs = Long.parseLong(settings.getOrDefault(WAIT, "500"));
      Hang.in("Task.start", settings);
      polledMs = System.currentTimeMillis();
      new Notes(settings).write("task-start");
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
      Hang.in("Task.poll", settings);
      long now = System.currentTimeMillis();
      if (now - polledMs > GAP_MS) new Notes(settings).write("task-paused");
      polledMs = now;
      Thread.sleep(waitMs);
      return null;
    }

    @Override
    public void stop() {
      Hang.in("Task.stop", settings);
      new Notes(settings).write("task-stop");
    }
  }
}
