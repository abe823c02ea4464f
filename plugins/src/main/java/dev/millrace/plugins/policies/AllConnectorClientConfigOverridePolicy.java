package dev.millrace.plugins.policies;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;

/** Allows everything. Thread-safe: stateless. */
public final class AllConnectorClientConfigOverridePolicy
    implements ConnectorClientConfigOverridePolicy {

  /** For the plugin catalog. */
  public AllConnectorClientConfigOverridePolicy() {}

  @Override
  public String version() {
    return AppInfoParser.getVersion();
  }

  @Override
  public List<ConfigValue> validate(ConnectorClientConfigRequest request) {
    return Refusals.of("All", request, setting -> true);
  }

  @Override
  public void configure(Map<String, ?> configs) {}

  @Override
  public void close() {}
}
