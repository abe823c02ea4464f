package dev.millrace.worker;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;

/** Allows everything, and has trouble where the overrides say. */
public final class TroublePolicy implements ConnectorClientConfigOverridePolicy {

  @Override
  public List<ConfigValue> validate(ConnectorClientConfigRequest request) {
    Trouble.at("policy.validate", request.clientProps());
    return List.of();
  }

  @Override
  public void configure(Map<String, ?> configs) {}

  @Override
  public void close() {}
}
