package dev.millrace.plugins;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects the usable plugins of one location, and says of the others why they are not. Used by one
 * scan.
 */
final class Finding {

  private final String location;
  private final ClassLoader loader;

  /** Whether classes of other loaders are the worker's own copies. */
  private final boolean ownOnly;

  private final VersionAsker versions;
  private boolean lasting = true;
  private final List<Found.Plugin> plugins = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  Finding(String location, ClassLoader loader, boolean ownOnly, VersionAsker versions) {
    this.versions = versions;
    this.location = location;
    this.loader = loader;
    this.ownOnly = ownOnly;
  }

  /** A class that a manifest names: where it is not usable, its author or user wants to know. */
  void named(PluginKind kind, String className) {
    try {
      Class<?> type = PluginClass.load(className, loader);
      if (ownOnly && type.getClassLoader() != loader) {
        return; // the worker's own copy, which the class path scan reports
      }
      Optional<String> fault = PluginClass.fault(kind, type);
      if (fault.isPresent()) {
        problem(
            "The class '%s' in '%s' is not usable as a %s: %s. It is skipped."
                .formatted(className, location, kind, fault.get()));
      } else {
        add(kind, type, true);
      }
    } catch (Throwable t) { // foreign code: whatever it throws must not end the scan
      broken(kind, className, t);
    }
  }

  /** A class that only its ancestors show to be a plugin: many are meant for their heirs only. */
  void scanned(PluginKind kind, String className) {
    try {
      Class<?> type = PluginClass.load(className, loader);
      boolean ours = !ownOnly || type.getClassLoader() == loader;
      if (ours && PluginClass.fault(kind, type).isEmpty()) {
        add(kind, type, false);
      }
    } catch (Throwable t) { // foreign code, as above
      broken(kind, className, t);
    }
  }

  private void add(PluginKind kind, Class<?> type, boolean inManifest) throws Throwable {
    String version = versions.version(type, loader);
    plugins.add(new Found.Plugin(kind, type.getName(), version, inManifest));
  }

  private void broken(PluginKind kind, String className, Throwable t) {
    PluginClass.rethrowIfFatal(t);
    if (t instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      throw new PluginException("The scan of '%s' was interrupted".formatted(location), t);
    }
    if (t instanceof VersionAsker.Hung) lasting = false;
    problem(
        "The %s '%s' in '%s' cannot be loaded and is skipped: %s. Check that its archives are complete and fit together."
            .formatted(kind, className, location, t));
  }

  void problem(String message) {
    problems.add(message);
  }

  Found result(Map<String, String> equivalents) {
    return new Found(plugins, equivalents, problems, lasting);
  }
}
