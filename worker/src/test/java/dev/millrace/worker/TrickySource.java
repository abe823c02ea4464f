package dev.millrace.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * Emits 1, 2, 3 … as text, some of which are bad or too large, and can define its transactions: one
 * ends with every fifth number, by an abort with every fifteenth. Once it can be slow for a while.
 */
public final class TrickySource extends SourceConnector {
  private Map<String, String> settings = Map.of();

  @Override
  public String version() {
    return "1.0";
  }

  @Override
  public void start(Map<String, String> props) {
    settings = props;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return TrickyTask.class;
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
        .define("topic", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Where to")
        .define("limit", ConfigDef.Type.INT, 20, ConfigDef.Importance.HIGH, "How many")
        .define("rest.ms", ConfigDef.Type.INT, 0, ConfigDef.Importance.LOW, "Before each poll")
        .define("nap.ms", ConfigDef.Type.INT, 0, ConfigDef.Importance.LOW, "Once, after 14")
        .define("bad", ConfigDef.Type.INT, 0, ConfigDef.Importance.LOW, "Cannot be converted")
        .define("large", ConfigDef.Type.INT, 0, ConfigDef.Importance.LOW, "Is too large");
  }

  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> props) {
    return ExactlyOnceSupport.SUPPORTED;
  }

  @Override
  public ConnectorTransactionBoundaries canDefineTransactionBoundaries(Map<String, String> props) {
    return ConnectorTransactionBoundaries.SUPPORTED;
  }

  /** Its task. */
  public static final class TrickyTask extends SourceTask {
    private static final Map<String, String> PARTITION = Map.of("p", "0");

    private static final Set<String> NAPPED = ConcurrentHashMap.newKeySet();

    private final CountDownLatch stopped = new CountDownLatch(1);
    private Map<String, String> settings;
    private int last;

    @Override
    public String version() {
      return "1.0";
    }

    @Override
    public void start(Map<String, String> props) {
      settings = props;
      var offset = context.offsetStorageReader().offset(PARTITION);
      last = offset == null ? 0 : ((Number) offset.get("n")).intValue();
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
      if (stopped.await(rest(), TimeUnit.MILLISECONDS)) return null;
      var batch = new ArrayList<SourceRecord>();
      while (batch.size() < 7 && last < number("limit", 20)) {
        last++;
        batch.add(record());
      }
      if (batch.isEmpty() && stopped.await(10, TimeUnit.MILLISECONDS)) return null;
      return batch;
    }

    private int rest() {
      boolean naps = last >= 14 && settings.containsKey("nap.ms");
      return naps && NAPPED.add(settings.get("topic")) ? number("nap.ms", 0) : number("rest.ms", 0);
    }

    private SourceRecord record() {
      Object value = last == number("bad", 0) ? (Object) last : Integer.toString(last);
      if (last == number("large", 0)) value = last + "x".repeat(3_000_000);
      var record =
          new SourceRecord(
              PARTITION,
              Map.of("n", last),
              settings.get("topic"),
              null,
              null,
              null,
              Schema.STRING_SCHEMA,
              value);
      define(record);
      return record;
    }

    private void define(SourceRecord record) {
      if (context.transactionContext() == null || last % 5 != 0) return;
      if (last % 15 == 0) {
        context.transactionContext().abortTransaction(record);
      } else {
        context.transactionContext().commitTransaction(record);
      }
    }

    private int number(String key, int otherwise) {
      return Integer.parseInt(settings.getOrDefault(key, Integer.toString(otherwise)));
    }

    @Override
    public void stop() {
      stopped.countDown();
    }
  }
}
