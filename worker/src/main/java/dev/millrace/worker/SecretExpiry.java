package dev.millrace.worker;

import dev.millrace.engine.Traces;
import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.Restart;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restarts connector instances whose secrets expire (compat: semantics §10): once for each
 * connector and path, a newer time replacing the older. The tasks are restarted too when the
 * connector's configuration then resolves to other values.
 *
 * <p>Every worker that runs a part of the connector has the same secrets: whoever comes first has
 * it restarted, and the others wait for the next time. Thread-safe.
 */
final class SecretExpiry implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SecretExpiry.class);
  private static final String ACTION = "config.action.reload";
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final ConfigResolver resolver;
  private final Supplier<ClusterState> state;
  private final Consumer<Command> commands;
  private final Duration again;
  private final Map<String, Map<String, Future<?>>> planned = new ConcurrentHashMap<>();
  private final Map<String, Map<String, String>> inForce = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> Crew.daemon(task, "secret-expiry"));

  /**
   * Nothing planned yet.
   *
   * @param state what the log says now
   * @param commands carries out restarts
   */
  SecretExpiry(ConfigResolver resolver, Supplier<ClusterState> state, Consumer<Command> commands) {
    this(resolver, state, commands, AGAIN);
  }

  /** The same, asking again after another time than a minute. */
  SecretExpiry(
      ConfigResolver resolver,
      Supplier<ClusterState> state,
      Consumer<Command> commands,
      Duration again) {
    this.resolver = resolver;
    this.state = state;
    this.commands = commands;
    this.again = again;
  }

  /** The connector, or one of its tasks, uses this from now on. */
  void used(String connector, ConfigResolver.Resolved resolved, Map<String, String> config) {
    if ("none".equalsIgnoreCase(config.get(ACTION))) return;
    if (resolved.lifetimes().isEmpty()) return;
    inForce.put(connector, config);
    long asOf = newestRestart(connector);
    resolved.lifetimes().forEach((path, lifetime) -> plan(connector, path, lifetime, asOf));
  }

  private long newestRestart(String connector) {
    return state.get().connector(connector).map(ConnectorState::restarts).stream()
        .mapToLong(ConnectorState.Restarts::instance)
        .findFirst()
        .orElse(-1);
  }

  /**
   * Plans the end of these secrets.
   *
   * @param asOf the instance's newest restart, which got these secrets or newer ones
   */
  private void plan(String connector, String path, Duration lifetime, long asOf) {
    LOG.info("Secrets of connector {} expire in {}; it is restarted then", connector, lifetime);
    planned.compute(
        connector,
        (name, before) -> {
          var paths = before == null ? new HashMap<String, Future<?>>() : before;
          var older =
              paths.put(
                  path,
                  timer.schedule(
                      () -> expired(connector, path, lifetime, asOf),
                      lifetime.toMillis(),
                      TimeUnit.MILLISECONDS));
          if (older != null) older.cancel(false);
          return paths;
        });
  }

  /** A provider may hang: only its connector's thread waits for it. */
  private void expired(String connector, String path, Duration lifetime, long asOf) {
    if (state.get().connector(connector).isEmpty()) {
      planned.remove(connector);
      inForce.remove(connector);
      return;
    }
    long newest = newestRestart(connector);
    if (newest > asOf) { // by another worker, for these secrets or since
      plan(connector, path, lifetime, newest);
      return;
    }
    ask(connector, asOf);
  }

  /** Until there is a restart: what is asked of a cluster that cannot write now is lost. */
  private void ask(String connector, long asOf) {
    if (state.get().connector(connector).isEmpty() || newestRestart(connector) > asOf) return;
    Crew.daemon(() -> restartOrAskAgain(connector, asOf), "secret-expiry-" + connector).start();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ends by itself when there was a restart
  private void restartOrAskAgain(String connector, long asOf) {
    restart(connector, asOf);
    if (timer.isShutdown()) return;
    timer.schedule(() -> ask(connector, asOf), again.toMillis(), TimeUnit.MILLISECONDS);
  }

  @SuppressWarnings("CatchingUnchecked") // a provider may throw anything, also sneakily
  private void restart(String connector, long asOf) {
    var present = state.get().connector(connector);
    if (present.isEmpty()) return;
    boolean changed;
    try {
      changed = !resolver.resolve(present.get().config()).equals(inForce.get(connector));
    } catch (Throwable e) { // told again, and shown, when the instance starts
      LOG.warn("The expired secrets of connector {} cannot be read: {}", connector, Traces.line(e));
      changed = false;
    }
    LOG.info("Secrets of connector {} have expired; values changed: {}", connector, changed);
    commands.accept(
        new Command.RestartExpired(
            connector, changed ? Restart.INSTANCE_AND_TASKS : Restart.INSTANCE, asOf));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
