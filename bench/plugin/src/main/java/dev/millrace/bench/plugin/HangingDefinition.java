package dev.millrace.bench.plugin;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceConnector;

/** A source whose {@code config()} does not return. */
public final class HangingDefinition extends SourceConnector {

  @Override
  public String version() {
    return "1";
  }

  @Override
  public void start(Map<String, String> properties) {}

  @Override
  public Class<? extends Task> taskClass() {
    return NotingSource.NotingTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return List.of();
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    Hang.now();
    return new ConfigDef();
  }
}
