package dev.millrace.plugins;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What to scan and how. Immutable; made by {@link #of} and the methods that change one part.
 *
 * @param path the elements of {@code plugin.path}
 * @param parent the worker's class loader, whose class path is a place of plugins too
 * @param index where results are kept for the next start
 * @param patience how long one plugin's constructor and {@code version()} may take
 */
public record PluginScan(
    List<Path> path,
    ClassLoader parent,
    PluginDiscovery discovery,
    ScanIndex index,
    Duration patience) {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Copies the path. */
  public PluginScan {
    path = List.copyOf(path);
  }

  /** As Kafka Connect scans by default, and without an index. */
  public static PluginScan of(List<Path> path, ClassLoader parent) {
    return new PluginScan(path, parent, PluginDiscovery.HYBRID_WARN, ScanIndex.none(), PATIENCE);
  }

  /** With another way of finding plugins. */
  public PluginScan discovery(PluginDiscovery mode) {
    return new PluginScan(path, parent, mode, index, patience);
  }

  /** With results kept in a folder, which is made when it is needed and its parent is there. */
  public PluginScan indexedIn(Path folder) {
    return new PluginScan(path, parent, discovery, ScanIndex.in(folder), patience);
  }

  /** With another patience. */
  PluginScan patience(Duration time) {
    return new PluginScan(path, parent, discovery, index, time);
  }
}
