package dev.millrace.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/** Emits 1, 2, 3 … up to a limit; one task counts in one partition. */
public final class NumberSource extends SourceConnector {

  private Map<String, String> settings = Map.of();
  private boolean metered; // a pause and a resume start the same connector again

  @Override
  public String version() {
    return "1.0";
  }

  @Override
  public void start(Map<String, String> props) {
    settings = props;
    if (!metered) Metered.register(context().pluginMetrics());
    metered = true;
    if ("connector.start".equals(props.get("fail"))) throw new ConnectException("told to fail");
    if ("connector.start".equals(props.get("hang"))) Hang.forever();
    if (props.containsKey("require.offset")) requireOffset(props.get("require.offset"));
  }

  private void requireOffset(String wanted) {
    var offset = context().offsetStorageReader().offset(Map.of("p", "0"));
    if (!Map.of("n", Long.valueOf(wanted)).equals(offset)) {
      throw new ConnectException("offset is " + offset + ", not " + wanted);
    }
  }

  @Override
  public Class<? extends Task> taskClass() {
    return NumberTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    int count = Integer.parseInt(settings.getOrDefault("tasks", String.valueOf(maxTasks)));
    return IntStream.range(0, count)
        .<Map<String, String>>mapToObj(
            i -> {
              var task = new java.util.HashMap<>(settings);
              task.put("partition", String.valueOf(i));
              if (settings.containsKey("grow")) {
                task.put("grown", "x".repeat(Integer.parseInt(settings.get("grow"))));
              }
              if (settings.containsKey("secret")) {
                task.put("copied", "jdbc:x?password=" + settings.get("secret"));
              }
              return task;
            })
        .toList();
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return new ConfigDef()
        .define("topic", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Where to")
        .define("limit", ConfigDef.Type.INT, 100, ConfigDef.Importance.HIGH, "How many")
        .define("fail", ConfigDef.Type.STRING, "", ConfigDef.Importance.LOW, "Where to fail")
        .define("hang", ConfigDef.Type.STRING, "", ConfigDef.Importance.LOW, "Where to hang")
        .define("secret", ConfigDef.Type.PASSWORD, "", ConfigDef.Importance.LOW, "A secret");
  }

  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> props) {
    return ExactlyOnceSupport.SUPPORTED;
  }

  /** Blocks and ignores interrupts, as bad plugins do. */
  static final class Hang {
    private Hang() {}

    static void forever() {
      var latch = new java.util.concurrent.CountDownLatch(1);
      while (true) {
        try {
          latch.await();
        } catch (InterruptedException ignored) { // as bad plugins do
        }
      }
    }
  }

  /** Its task. */
  public static final class NumberTask extends SourceTask {
    private static final int BATCH = 10;
    private Map<String, String> partition;
    private Map<String, String> settings;
    private int last;

    @Override
    public String version() {
      return "1.0";
    }

    @Override
    public void start(Map<String, String> props) {
      settings = props;
      partition = Map.of("p", props.get("partition"));
      Metered.register(context.pluginMetrics());
      var offset = context.offsetStorageReader().offset(partition);
      last = offset == null ? 0 : ((Number) offset.get("n")).intValue();
      if ("tell.secret".equals(props.get("fail"))) {
        throw new ConnectException("cannot log in with " + props.get("secret"));
      }
      if ("task.start".equals(props.get("fail"))) throw new NoClassDefFoundError("told/to/fail");
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
      if ("task.poll".equals(settings.get("hang"))) Hang.forever();
      int limit = Integer.parseInt(settings.getOrDefault("limit", "100"));
      if (last >= limit) {
        Thread.sleep(10);
        return null;
      }
      var batch = new ArrayList<SourceRecord>();
      while (batch.size() < BATCH && last < limit) {
        last++;
        batch.add(
            new SourceRecord(
                partition,
                Map.of("n", last),
                settings.get("topic"),
                null,
                Schema.STRING_SCHEMA,
                partition.get("p"),
                Schema.INT32_SCHEMA,
                last));
      }
      return batch;
    }

    @Override
    public void stop() {}
  }
}
