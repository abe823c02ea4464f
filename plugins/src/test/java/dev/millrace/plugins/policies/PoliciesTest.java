package dev.millrace.plugins.policies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginKind;
import dev.millrace.plugins.PluginScan;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;
import org.apache.kafka.connect.health.ConnectorType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoliciesTest {

  @ParameterizedTest
  @CsvSource({
    "All, true, true, true",
    "None, false, false, false",
    "Principal, false, true, false",
    "Allowlist, false, false, true"
  })
  @DisplayName("§12.2 the stock policies are found by name and alias, and decide as they should")
  void decisions(String name, boolean acks, boolean protocol, boolean listed) throws Exception {
    for (String text :
        List.of(
            name,
            "org.apache.kafka.connect.connector.policy."
                + name
                + "ConnectorClientConfigOverridePolicy")) {
      var scan = PluginScan.of(List.of(), getClass().getClassLoader());
      try (PluginCatalog catalog = PluginCatalog.scan(scan);
          var policy =
              catalog.newInstance(
                  catalog.require(PluginKind.OVERRIDE_POLICY, text),
                  ConnectorClientConfigOverridePolicy.class)) {
        policy.configure(
            Map.of("connector.client.config.override.allowlist", "linger.ms, batch.size", "x", 1));
        assertThat(allowed(policy, name, "acks")).isEqualTo(acks);
        assertThat(allowed(policy, name, "security.protocol")).isEqualTo(protocol);
        assertThat(allowed(policy, name, "batch.size")).isEqualTo(listed);
      }
    }
  }

  private static boolean allowed(
      ConnectorClientConfigOverridePolicy policy, String name, String setting) {
    var request =
        new ConnectorClientConfigRequest(
            "c",
            ConnectorType.SOURCE,
            null,
            Map.of(setting, "1"),
            ConnectorClientConfigRequest.ClientType.PRODUCER);
    ConfigValue value = policy.validate(request).getFirst();
    assertThat(value.name()).isEqualTo(setting);
    assertThat(value.value()).isEqualTo("1");
    if (!value.errorMessages().isEmpty()) {
      assertThat(value.errorMessages())
          .containsExactly(
              "The '%s' policy does not allow '%s' to be overridden in the connector configuration."
                  .formatted(name, setting));
    }
    return value.errorMessages().isEmpty();
  }
}
