package dev.millrace.worker;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginKind;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The config providers that a worker's settings name (compat: worker config §11). */
final class ConfiguredProviders {

  private static final Logger LOG = LoggerFactory.getLogger(ConfiguredProviders.class);

  private ConfiguredProviders() {}

  /**
   * New ones by name, configured; the caller closes them.
   *
   * @throws dev.millrace.plugins.PluginException when a class is not there
   */
  static Map<String, ConfigProvider> of(WorkerSettings settings, PluginCatalog catalog) {
    var providers = new HashMap<String, ConfigProvider>();
    for (String name : settings.configProviders()) {
      String prefix = WorkerSettings.CONFIG_PROVIDERS + "." + name + ".";
      var plugin = plugin(catalog, name, settings.originals().get(prefix + "class"));
      if (plugin.isEmpty()) {
        LOG.warn(
            "The setting {}class is missing: placeholders of '{}' stay as they are", prefix, name);
        continue;
      }
      var provider = catalog.newInstance(plugin.get(), ConfigProvider.class);
      provider.configure(settings.withPrefix(prefix + "param."));
      providers.put(name, provider);
    }
    return providers;
  }

  /** Without a class, one that has this name as its alias. */
  private static Optional<PluginDescriptor> plugin(
      PluginCatalog catalog, String name, String type) {
    return type == null
        ? catalog.find(PluginKind.CONFIG_PROVIDER, name)
        : Optional.of(catalog.require(PluginKind.CONFIG_PROVIDER, type.strip()));
  }
}
