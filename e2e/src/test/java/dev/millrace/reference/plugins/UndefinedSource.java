package dev.millrace.reference.plugins;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceConnector;

/** A source without a definition. Never runs. */
public final class UndefinedSource extends SourceConnector {

  @Override
  public ConfigDef config() {
    return null;
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
