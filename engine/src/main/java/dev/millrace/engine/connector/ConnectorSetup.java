package dev.millrace.engine.connector;

import dev.millrace.engine.Environment;
import dev.millrace.model.offsets.OffsetStore;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.connect.connector.Connector;

/**
 * All a connector instance needs to run.
 *
 * @param name its name
 * @param plugin makes the connector; called once on the work's thread
 * @param config its resolved configuration
 * @param loader its class loader
 * @param offsets the offset store, for source connectors
 * @param environment what surrounds it
 */
public record ConnectorSetup(
    String name,
    Supplier<? extends Connector> plugin,
    Map<String, String> config,
    ClassLoader loader,
    OffsetStore offsets,
    Environment environment) {
  /** Checks that nothing is missing. */
  public ConnectorSetup {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(plugin, "plugin");
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(loader, "loader");
    Objects.requireNonNull(offsets, "offsets");
    Objects.requireNonNull(environment, "environment");
  }
}
