package dev.millrace.plugins;

import java.util.List;
import java.util.Map;

/**
 * A plugin location: its class loader and what it offers. Immutable.
 *
 * @param location the path, or {@link PluginDescriptor#CLASS_PATH}
 * @param equivalents foreign class names → classes of this location that stand in for them
 */
public record PluginRealm(
    String location,
    ClassLoader loader,
    List<PluginDescriptor> plugins,
    Map<String, String> equivalents) {

  /** Copies its collections. */
  public PluginRealm {
    plugins = List.copyOf(plugins);
    equivalents = Map.copyOf(equivalents);
  }
}
