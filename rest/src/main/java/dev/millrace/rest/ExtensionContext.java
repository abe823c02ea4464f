package dev.millrace.rest;

import jakarta.ws.rs.core.Configurable;
import org.apache.kafka.connect.health.ConnectClusterState;
import org.apache.kafka.connect.rest.ConnectRestExtensionContext;
import org.glassfish.jersey.server.ResourceConfig;

/** What an extension is given when it is registered: a registry, and news of connectors. */
final class ExtensionContext implements ConnectRestExtensionContext {

  private final ResourceConfig registry;
  private final ConnectClusterState state;

  ExtensionContext(ResourceConfig registry, ConnectClusterState state) {
    this.registry = registry;
    this.state = state;
  }

  @Override
  public Configurable<ResourceConfig> configurable() {
    return registry;
  }

  @Override
  public ConnectClusterState clusterState() {
    return state;
  }
}
