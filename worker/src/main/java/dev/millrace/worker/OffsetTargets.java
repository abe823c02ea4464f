package dev.millrace.worker;

import dev.millrace.kafka.ClientSettings;
import dev.millrace.kafka.StoredOffset;
import dev.millrace.model.ConnectorState;
import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginKind;
import dev.millrace.worker.offsets.OffsetTarget;
import dev.millrace.worker.offsets.SourceOffsetStore;
import dev.millrace.worker.preflight.ClientOverrides;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest.ClientType;
import org.apache.kafka.connect.health.ConnectorType;

/** The connectors of a worker, as far as their offsets go. Immutable and thread-safe. */
record OffsetTargets(
    WorkerSettings settings,
    PluginCatalog catalog,
    ConfigResolver resolver,
    ClientOverrides overrides,
    OffsetStores stores) {

  /** The connector in this state; resolves its configuration, so it may wait. */
  OffsetTarget of(String name, ConnectorState state) {
    var resolved = resolver.resolveAll(state.config());
    var config = resolved.config();
    var plugin = catalog.connector(config.get(ConnectorSettings.CLASS));
    boolean sink = plugin.kind() == PluginKind.SINK;
    return new OffsetTarget(
        name, config, resolved.secrets()::hiddenIn, sink, new Kafka(name, config, plugin));
  }

  private final class Kafka implements OffsetTarget.Access {
    private final String name;
    private final Map<String, String> config;
    private final PluginDescriptor plugin;
    private final ClientSettings clients = new ClientSettings(settings.originals(), "");

    Kafka(String name, Map<String, String> config, PluginDescriptor plugin) {
      this.name = name;
      this.config = config;
      this.plugin = plugin;
    }

    @Override
    public Map<String, Object> admin() {
      var type = plugin.kind() == PluginKind.SINK ? ConnectorType.SINK : ConnectorType.SOURCE;
      overrides.require(
          new ClientOverrides.Subject(name, type, plugin.loader(), plugin.className(), config),
          ClientType.ADMIN);
      return clients.workerAdmin(name, config);
    }

    @Override
    public String group() {
      return clients.sinkConsumer(name, 0, config).get(ConsumerConfig.GROUP_ID_CONFIG).toString();
    }

    @Override
    public SourceOffsetStore store() {
      return new HeldStore(stores.of(name, config), name);
    }

    @Override
    public Connector plugin() {
      return catalog.newInstance(plugin, Connector.class);
    }

    @Override
    public ClassLoader loader() {
      return plugin.loader();
    }

    @Override
    public void fence() {
      if (!settings.exactlyOnceSources()) return;
      new Fencing(clients, name, config).all();
    }
  }

  /** A connector's offsets, wherever they lie. */
  private record HeldStore(OffsetStores.Held held, String connector) implements SourceOffsetStore {

    @Override
    public CompletionStage<List<StoredOffset>> partitions() {
      return held.offsets().partitions(connector);
    }

    @Override
    public CompletionStage<Void> alter(Map<Map<String, ?>, Map<String, ?>> changes) {
      return held.offsets().alter(connector, changes);
    }

    @Override
    public void close() {
      held.close();
    }
  }
}
