package dev.millrace.reference.plugins;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** A sink that defines a key of the framework. Never runs. */
public final class RedefiningSink extends SinkConnector {

  @Override
  public ConfigDef config() {
    return Keys.few()
        .define("topics", ConfigDef.Type.LIST, "mine", ConfigDef.Importance.LOW, "Own topics");
  }

  @Override
  public void start(Map<String, String> config) {
    throw new UnsupportedOperationException("is only for validation");
  }

  @Override
  public Class<? extends Task> taskClass() {
    throw new UnsupportedOperationException("is only for validation");
  }

  @Override
  public List<Map<String, String>> taskConfigs(int most) {
    return List.of();
  }

  @Override
  public void stop() {
    // never runs
  }

  @Override
  public String version() {
    return ArchiveVersion.text();
  }
}
