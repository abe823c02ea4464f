package dev.millrace.worker;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;

/** Forbids one setting, as policies of users do. */
public final class NoAcksPolicy implements ConnectorClientConfigOverridePolicy {

  @Override
  public List<ConfigValue> validate(ConnectorClientConfigRequest request) {
    return request.clientProps().entrySet().stream()
        .map(e -> new ConfigValue(e.getKey(), e.getValue(), List.of(), errors(e.getKey())))
        .toList();
  }

  private static List<String> errors(String name) {
    return name.equals("acks") ? List.of("acks is not yours") : List.of();
  }

  @Override
  public void configure(Map<String, ?> configs) {}

  @Override
  public void close() {}
}
