package dev.millrace.plugins.policies;

import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;

/** What a policy that allows some settings says of each one it is asked about. Pure. */
final class Refusals {

  private Refusals() {}

  static List<ConfigValue> of(
      String policy, ConnectorClientConfigRequest request, Predicate<String> allowed) {
    return request.clientProps().entrySet().stream()
        .map(
            setting -> {
              ConfigValue value = new ConfigValue(setting.getKey());
              value.value(setting.getValue());
              if (!allowed.test(setting.getKey())) {
                value.addErrorMessage(
                    "The '%s' policy does not allow '%s' to be overridden in the connector configuration."
                        .formatted(policy, setting.getKey()));
              }
              return value;
            })
        .toList();
  }
}
