package dev.millrace.worker;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Keeps what it gets in a list with a name. */
public final class ListSink extends SinkConnector {

  private static final Map<String, List<Object>> LISTS = new ConcurrentHashMap<>();

  private Map<String, String> settings = Map.of();

  static List<Object> list(String name) {
    return LISTS.computeIfAbsent(name, n -> new CopyOnWriteArrayList<>());
  }

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
    return ListTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return Collections.nCopies(maxTasks, settings);
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return new ConfigDef()
        .define("list", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Name of the list");
  }

  /** Its task. */
  public static final class ListTask extends SinkTask {
    private String list;

    @Override
    public String version() {
      return "1.0";
    }

    @Override
    public void start(Map<String, String> props) {
      list = props.get("list");
    }

    @Override
    public void put(Collection<SinkRecord> records) {
      records.forEach(record -> list(list).add(record.value()));
    }

    @Override
    public void stop() {}
  }
}
