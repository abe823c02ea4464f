package dev.millrace.worker.listing;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;

/** What plugins are installed, and which settings they have. Thread-safe. */
public interface PluginListing {

  /**
   * One plugin.
   *
   * @param version {@code undefined} when it tells none
   */
  record Plugin(String className, String type, String version) {}

  /** In listing order: sinks, sources, then all others unless {@code connectorsOnly}. */
  List<Plugin> list(boolean connectorsOnly);

  /**
   * The settings of a plugin: its own, then those every connector has. Runs plugin code under a
   * deadline.
   *
   * @param plugin class name or alias
   * @param version a version or range; empty for the newest
   * @throws PluginListingException when there is no such plugin, or it fails
   */
  List<ConfigDef.ConfigKey> settings(String plugin, String version);
}
