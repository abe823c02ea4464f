package dev.millrace.engine;

import dev.millrace.model.Waiting;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.metrics.PluginMetrics;

/**
 * What surrounds one piece of work.
 *
 * @param waits time and waiting of this work
 * @param listener told of its life
 * @param counters its counters
 * @param pluginMetrics the registry its plugin's context hands out; asked for when the plugin asks
 * @param hidden takes the work's secrets out of a text that others may see; from any thread
 */
public record Environment(
    Waits waits,
    WorkListener listener,
    Counters counters,
    Supplier<PluginMetrics> pluginMetrics,
    UnaryOperator<String> hidden) {
  private static final long SHOWN_AFTER_MS = 1_000;

  /** Checks that nothing is missing. */
  public Environment {
    Objects.requireNonNull(waits, "waits");
    Objects.requireNonNull(listener, "listener");
    Objects.requireNonNull(counters, "counters");
    Objects.requireNonNull(pluginMetrics, "pluginMetrics");
    Objects.requireNonNull(hidden, "hidden");
  }

  /** An error's stack trace for the log: plugins put their settings into messages. */
  public String trace(Throwable error) {
    return hidden.apply(Traces.of(error));
  }

  /** An error in a line, likewise. */
  public String line(Throwable error) {
    return hidden.apply(Traces.line(error));
  }

  /** The work waits; whether that begins now. See {@link Counters#waitingFor}. */
  public boolean waitingFor(Counters.Cause cause, String what) {
    return counters.waitingFor(cause, what, waits.wallMs());
  }

  /** The wait is over; whether there was one. */
  public boolean goesOn(Counters.Cause cause) {
    return counters.goesOn(cause);
  }

  /**
   * What keeps the work waiting, once that has lasted long enough to be worth showing; also when
   * the wall clock was set back meanwhile.
   */
  public Optional<Waiting> waiting() {
    return counters
        .waiting()
        .filter(waiting -> Math.abs(waits.wallMs() - waiting.sinceMs()) >= SHOWN_AFTER_MS);
  }
}
