package dev.millrace.engine;

import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.common.metrics.PluginMetrics;

/**
 * What surrounds one piece of work.
 *
 * @param waits time and waiting of this work
 * @param listener told of its life
 * @param counters its counters
 * @param pluginMetrics the registry its plugin's context hands out; asked for when the plugin asks
 */
public record Environment(
    Waits waits, WorkListener listener, Counters counters, Supplier<PluginMetrics> pluginMetrics) {
  /** Checks that nothing is missing. */
  public Environment {
    Objects.requireNonNull(waits, "waits");
    Objects.requireNonNull(listener, "listener");
    Objects.requireNonNull(counters, "counters");
    Objects.requireNonNull(pluginMetrics, "pluginMetrics");
  }
}
