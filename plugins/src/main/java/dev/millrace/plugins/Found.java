package dev.millrace.plugins;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a scan of one location found, without the loader it belongs to. Immutable.
 *
 * @param equivalents foreign class names → classes that stand in for them
 * @param problems what is skipped, and why
 * @param lasting whether the next scan would find the same; not where a plugin hung
 */
record Found(
    List<Plugin> plugins, Map<String, String> equivalents, List<String> problems, boolean lasting) {

  /**
   * One usable plugin.
   *
   * @param inManifest whether a service manifest names it
   */
  record Plugin(PluginKind kind, String className, String version, boolean inManifest) {}

  Found {
    plugins = List.copyOf(plugins);
    equivalents = Map.copyOf(new TreeMap<>(equivalents));
    problems = List.copyOf(problems);
  }

  PluginRealm realm(String location, ClassLoader loader) {
    List<PluginDescriptor> descriptors =
        plugins.stream()
            .map(p -> new PluginDescriptor(p.kind(), p.className(), p.version(), location, loader))
            .toList();
    return new PluginRealm(location, loader, descriptors, equivalents);
  }

  /** The classes that only a scan of classes finds. */
  List<String> withoutManifest() {
    return plugins.stream()
        .filter(p -> !p.inManifest() && p.kind().scanned())
        .map(Plugin::className)
        .distinct()
        .toList();
  }
}
