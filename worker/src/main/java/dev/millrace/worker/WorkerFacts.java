package dev.millrace.worker;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.provider.ConfigProvider;

/**
 * The config provider {@code worker}: {@code ${worker:bootstrap.servers}} and {@code
 * ${worker:data.dir}}, so that connectors that are Kafka clients themselves follow their worker
 * wherever it runs. Immutable.
 */
final class WorkerFacts implements ConfigProvider {

  private final Map<String, String> facts;

  WorkerFacts(WorkerSettings settings) {
    this.facts =
        Map.of(
            "bootstrap.servers",
            settings.bootstrapServers(),
            "data.dir",
            settings.dataDir().toAbsolutePath().toString());
  }

  @Override
  public ConfigData get(String path) {
    return new ConfigData(facts);
  }

  @Override
  public ConfigData get(String path, Set<String> keys) {
    var found = new HashMap<>(facts);
    found.keySet().retainAll(keys);
    return new ConfigData(found);
  }

  @Override
  public void configure(Map<String, ?> settings) {
    // has none
  }

  @Override
  public void close() {
    // holds nothing
  }
}
