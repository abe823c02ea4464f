package dev.millrace.engine;

import dev.millrace.model.Waiting;
import java.util.Objects;
import java.util.Optional;
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
  private static final long SHOWN_AFTER_MS = 1_000;

  /** Checks that nothing is missing. */
  public Environment {
    Objects.requireNonNull(waits, "waits");
    Objects.requireNonNull(listener, "listener");
    Objects.requireNonNull(counters, "counters");
    Objects.requireNonNull(pluginMetrics, "pluginMetrics");
  }

  /** The work waits; whether that begins now. See {@link Counters#waitingFor}. */
  public boolean waitingFor(Counters.Cause cause, String what) {
    return counters.waitingFor(cause, what, waits.wallMs());
  }

  /** The wait is over; whether there was one. */
  public boolean goesOn(Counters.Cause cause) {
    return counters.goesOn(cause);
  }

  /** What keeps the work waiting, once that has lasted long enough to be worth showing. */
  public Optional<Waiting> waiting() {
    return counters
        .waiting()
        .filter(waiting -> waits.wallMs() - waiting.sinceMs() >= SHOWN_AFTER_MS);
  }
}
