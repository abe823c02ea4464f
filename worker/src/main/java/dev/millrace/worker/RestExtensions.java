package dev.millrace.worker;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginException;
import dev.millrace.plugins.PluginKind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.rest.ConnectRestExtension;

/** Makes and closes a worker's REST extensions. Thread-safe. */
final class RestExtensions implements AutoCloseable {

  private static final String SETTING = "rest.extension.classes";

  private final PluginCatalog catalog;
  private final Map<String, String> settings;
  private final BiConsumer<String, Object> monitor;
  private final List<ConnectRestExtension> made = new CopyOnWriteArrayList<>();

  /**
   * None yet.
   *
   * @param monitor told the setting and each extension that has been configured
   */
  RestExtensions(
      PluginCatalog catalog, Map<String, String> settings, BiConsumer<String, Object> monitor) {
    this.catalog = catalog;
    this.settings = settings;
    this.monitor = monitor;
  }

  /** These, configured; a wrong one fails. */
  List<ConnectRestExtension> make(List<String> classes) {
    return classes.stream().map(this::make).toList();
  }

  private ConnectRestExtension make(String name) {
    try {
      var plugin = catalog.require(PluginKind.REST_EXTENSION, name);
      var extension = catalog.newInstance(plugin, ConnectRestExtension.class);
      made.add(extension);
      extension.configure(settings);
      monitor.accept(SETTING, extension);
      var version = extension.version();
      if (version == null || version.isBlank()) {
        throw new ConfigException(SETTING, name, "it has no version");
      }
      return extension;
    } catch (PluginException e) {
      throw new ConfigException(SETTING, name, e.getMessage());
    }
  }

  /** Closes them; may hang with them. */
  @Override
  public void close() {
    made.forEach(extension -> Utils.closeQuietly(extension, "REST extension"));
  }
}
