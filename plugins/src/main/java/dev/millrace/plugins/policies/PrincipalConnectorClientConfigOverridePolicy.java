package dev.millrace.plugins.policies;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;

/** Allows what says who a client is: its SASL settings and protocol. Thread-safe: stateless. */
public final class PrincipalConnectorClientConfigOverridePolicy
    implements ConnectorClientConfigOverridePolicy {

  private static final Set<String> ALLOWED =
      Set.of(
          SaslConfigs.SASL_JAAS_CONFIG,
          SaslConfigs.SASL_MECHANISM,
          CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);

  /** For the plugin catalog. */
  public PrincipalConnectorClientConfigOverridePolicy() {}

  @Override
  public String version() {
    return AppInfoParser.getVersion();
  }

  @Override
  public List<ConfigValue> validate(ConnectorClientConfigRequest request) {
    return Refusals.of("Principal", request, ALLOWED::contains);
  }

  @Override
  public void configure(Map<String, ?> configs) {}

  @Override
  public void close() {}
}
