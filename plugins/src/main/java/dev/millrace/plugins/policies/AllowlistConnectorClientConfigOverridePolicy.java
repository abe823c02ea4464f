package dev.millrace.plugins.policies;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;

/**
 * Allows the settings that the worker lists in {@code connector.client.config.override.allowlist};
 * none by default. Configured once, then immutable.
 */
public final class AllowlistConnectorClientConfigOverridePolicy
    implements ConnectorClientConfigOverridePolicy {

  private static final String SETTING = "connector.client.config.override.allowlist";
  private static final ConfigDef DEFINITION =
      new ConfigDef()
          .define(
              SETTING,
              ConfigDef.Type.LIST,
              "",
              ConfigDef.Importance.MEDIUM,
              "Client settings that connectors may override");

  private volatile Set<String> allowed = Set.of();

  /** For the plugin catalog. */
  public AllowlistConnectorClientConfigOverridePolicy() {}

  @Override
  public String version() {
    return AppInfoParser.getVersion();
  }

  @Override
  public List<ConfigValue> validate(ConnectorClientConfigRequest request) {
    return Refusals.of("Allowlist", request, allowed::contains);
  }

  @Override
  public void configure(Map<String, ?> configs) {
    allowed = Set.copyOf(new AbstractConfig(DEFINITION, configs, false).getList(SETTING));
  }

  @Override
  public void close() {}
}
