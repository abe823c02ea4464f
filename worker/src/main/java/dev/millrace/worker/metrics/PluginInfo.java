package dev.millrace.worker.metrics;

import org.apache.kafka.connect.components.Versioned;

/**
 * What metrics say of a plugin.
 *
 * @param type its class name
 * @param version as it reports itself; {@code undefined} when it does not
 */
public record PluginInfo(String type, String version) {

  private static final String UNDEFINED = "undefined";

  /** Not made yet. */
  static final PluginInfo UNKNOWN = new PluginInfo(UNDEFINED, UNDEFINED);

  /** Of a plugin object; runs its {@code version()}. */
  @SuppressWarnings("CatchingUnchecked") // what a plugin throws must not keep it from working
  public static PluginInfo of(Object plugin) {
    String version = UNDEFINED;
    try {
      if (plugin instanceof Versioned versioned && versioned.version() != null) {
        version = versioned.version();
      }
    } catch (Exception | LinkageError e) {
      version = UNDEFINED;
    }
    return new PluginInfo(plugin.getClass().getName(), version);
  }
}
