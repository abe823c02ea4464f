package dev.millrace.worker.preflight;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDiscovery;
import dev.millrace.plugins.PluginScan;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClientOverridesTest {

  /** Allows everything. */
  private interface Lenient extends ConnectorClientConfigOverridePolicy {
    @Override
    default List<ConfigValue> validate(ConnectorClientConfigRequest request) {
      return List.of();
    }

    @Override
    default void configure(Map<String, ?> settings) {}

    @Override
    default void close() {}
  }

  /** Tells nothing about its version. */
  public static final class Untold implements Lenient {}

  /** Tells a version that is none. */
  public static final class Blank implements Lenient {
    @Override
    public String version() {
      return " ";
    }
  }

  /** Tells no version. */
  public static final class Missing implements Lenient {
    @Override
    public String version() {
      return null;
    }
  }

  @Test
  @DisplayName("§11.20 a policy with a blank version ends the start")
  void blankVersion() {
    assertThatCode(() -> policy(Untold.class)).doesNotThrowAnyException();
    for (Class<?> each : List.of(Blank.class, Missing.class)) {
      assertThatThrownBy(() -> policy(each))
          .isInstanceOf(ConfigException.class)
          .hasMessageContainingAll(ClientOverrides.POLICY, each.getName(), "no version");
    }
  }

  private static void policy(Class<?> type) {
    var scan = PluginScan.of(List.of(), ClientOverridesTest.class.getClassLoader());
    try (var catalog = PluginCatalog.scan(scan.discovery(PluginDiscovery.SERVICE_LOAD));
        var made =
            ClientOverrides.of(catalog, Map.of(ClientOverrides.POLICY, type.getName()), false)) {
      made.monitor((setting, policy) -> {});
    }
  }
}
