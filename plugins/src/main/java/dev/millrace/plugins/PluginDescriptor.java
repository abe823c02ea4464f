package dev.millrace.plugins;

/**
 * One plugin class found in one place. Immutable.
 *
 * @param className the full class name, nested classes with {@code $}
 * @param version what the plugin says, or {@code undefined}
 * @param location the path of its directory or archive, or {@link #CLASS_PATH}
 * @param loader the loader it belongs to, to be the context loader while it runs
 */
public record PluginDescriptor(
    PluginKind kind, String className, String version, String location, ClassLoader loader) {

  /** The location of plugins that the worker's own class path offers. */
  public static final String CLASS_PATH = "classpath";

  /** The version of plugins that tell none. */
  public static final String UNDEFINED = "undefined";

  /** Whether the plugin has a class loader of its own. */
  public boolean isolated() {
    return !CLASS_PATH.equals(location);
  }
}
