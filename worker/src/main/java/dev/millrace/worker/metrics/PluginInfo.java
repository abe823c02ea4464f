package dev.millrace.worker.metrics;

import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.Task;

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

  /** Of a plugin object; runs its {@code version()}, which may fail in any way. */
  @SuppressWarnings("CatchingUnchecked") // what a plugin throws must not keep it from working
  public static PluginInfo of(Object plugin) {
    String version;
    try {
      version = version(plugin);
    } catch (Throwable e) {
      version = UNDEFINED;
    }
    return new PluginInfo(plugin.getClass().getName(), version == null ? UNDEFINED : version);
  }

  private static String version(Object plugin) {
    return switch (plugin) {
      case Versioned versioned -> versioned.version();
      case Task task -> task.version();
      default -> UNDEFINED;
    };
  }
}
