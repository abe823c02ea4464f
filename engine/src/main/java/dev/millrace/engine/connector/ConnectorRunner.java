package dev.millrace.engine.connector;

import dev.millrace.engine.Counters;
import dev.millrace.engine.Signals;
import dev.millrace.engine.StoredOffsets;
import dev.millrace.engine.Traces;
import dev.millrace.engine.WorkLoop;
import dev.millrace.model.TargetState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkConnectorContext;
import org.apache.kafka.connect.source.SourceConnectorContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one connector instance: start, task configurations, pause and resume on the same instance,
 * stop (compat: semantics §2). {@link #run} and {@link #step} belong to one thread at a time; the
 * signals may come from any thread.
 *
 * <p>Task configurations are made after each start and resume, and whenever they are asked for;
 * they go to the listener. When making them fails they are tried again, after 250 ms doubled up to
 * a minute.
 */
public final class ConnectorRunner {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectorRunner.class);
  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final long FIRST_RETRY_MS = 250;
  private static final long LAST_RETRY_MS = 60_000;

  private final ConnectorSetup setup;
  private final Signals signals;
  private final Body body = new Body();
  private final WorkLoop loop;
  private final AtomicInteger maxTasks;
  private volatile TargetState target;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicReference<Exception> raised = new AtomicReference<>();

  /**
   * A runner that has not begun.
   *
   * @param maxTasks {@code tasks.max}
   * @param target as what it is to begin; not started unless STARTED
   */
  public ConnectorRunner(ConnectorSetup setup, int maxTasks, TargetState target) {
    this.setup = setup;
    this.target = target;
    boolean paused = target != TargetState.STARTED;
    this.maxTasks = new AtomicInteger(maxTasks);
    this.signals = new Signals(setup.environment().waits(), paused, () -> {});
    this.loop = new WorkLoop(signals, setup.environment(), body);
  }

  /**
   * The life of the instance on the calling thread, until it is over or nothing is to be done. Each
   * {@link dev.millrace.engine.Waits#wake} of its waits is a reason to call it again.
   *
   * @return whether it is over
   */
  public boolean run() {
    return loop.run(setup.loader(), body::rests);
  }

  /** One step of that life, for simulations; whether there are more. */
  public boolean step() {
    return loop.step();
  }

  /** Wants the connector started, or stopped but kept (PAUSED and STOPPED). */
  public void retarget(TargetState wanted) {
    target = wanted;
    if (wanted == TargetState.STARTED) {
      signals.resume();
    } else {
      signals.pause();
    }
  }

  /** Wants the instance to end. */
  public void stop() {
    signals.stop();
  }

  /** Its time to stop has passed: nothing is reported any more, reads of offsets fail. */
  public void cancel() {
    signals.cancel();
  }

  /** Wants the task configurations made anew, for at most so many tasks. */
  public void requestTasks(int max) {
    maxTasks.set(max);
    requests.incrementAndGet();
    setup.environment().waits().wake();
  }

  private void requestAgain() {
    if (signals.stopWanted()) {
      throw new ConnectException(
          "Connector '" + setup.name() + "' is being stopped and cannot ask for new tasks");
    }
    requests.incrementAndGet();
    setup.environment().waits().wake();
  }

  /** Has the instance fail of this error, soon; the first one counts. */
  public void fail(Exception error) {
    raised.compareAndSet(null, error);
    setup.environment().waits().wake();
  }

  /** What is done at each turn of the life cycle; owned by the work's thread. */
  private final class Body implements WorkLoop.Body {
    private Connector connector;
    private boolean started;
    private int answered;
    private long retryDelayMs = FIRST_RETRY_MS;
    private long notBeforeMs = Long.MIN_VALUE;

    @Override
    public void create() {
      connector = setup.plugin().get();
      connector.initialize(newContext());
    }

    private ConnectorContext newContext() {
      return connector instanceof SinkConnector ? new SinkContext() : new SourceContext();
    }

    @Override
    public void begin() {
      started = true;
      connector.start(setup.config());
      requests.incrementAndGet();
    }

    @Override
    public void iterate() throws Exception {
      throwRaised();
      long now = setup.environment().waits().nowMs();
      int request = requests.get();
      if (request == answered) {
        awaitChange(request, IDLE);
      } else if (now < notBeforeMs) {
        awaitChange(request, Duration.ofMillis(notBeforeMs - now));
      } else {
        generate(request);
      }
    }

    /** Whether it waits for somebody to want something. */
    boolean rests() {
      boolean asWanted =
          started ? !signals.pauseWanted() && requests.get() == answered : signals.pauseWanted();
      return asWanted && raised.get() == null && !signals.stopWanted();
    }

    private void throwRaised() throws Exception {
      Exception error = raised.get();
      if (error != null) {
        throw error;
      }
    }

    /** Waits for a signal, or for a request after the one that was seen. */
    private void awaitChange(int seen, Duration atMost) {
      setup
          .environment()
          .waits()
          .await(
              () ->
                  signals.stopWanted()
                      || signals.pauseWanted() == started
                      || raised.get() != null
                      || requests.get() != seen,
              atMost);
    }

    /** What the listener throws is not tried again: the connector has failed. */
    private void generate(int request) {
      List<Map<String, String>> configs;
      try {
        configs = taskConfigs();
      } catch (Exception e) {
        notBeforeMs = setup.environment().waits().nowMs() + retryDelayMs;
        retryDelayMs = Math.min(retryDelayMs * 2, LAST_RETRY_MS);
        setup
            .environment()
            .waitingFor(
                Counters.Cause.PLUGIN, "the connector to make task configs: " + Traces.line(e));
        setup.environment().listener().tasksFailed(e);
        return;
      }
      answered = request;
      retryDelayMs = FIRST_RETRY_MS;
      setup.environment().goesOn(Counters.Cause.PLUGIN);
      setup.environment().listener().tasksGenerated(configs);
    }

    /** The tasks' configurations, completed (compat: connector config §10). */
    private List<Map<String, String>> taskConfigs() {
      String taskClass = connector.taskClass().getName();
      List<Map<String, String>> result = new ArrayList<>();
      for (Map<String, String> each : connector.taskConfigs(maxTasks.get())) {
        Map<String, String> config = new HashMap<>(each);
        config.put("task.class", taskClass);
        copy("topics", config);
        copy("topics.regex", config);
        result.add(config);
      }
      return List.copyOf(result);
    }

    private void copy(String key, Map<String, String> config) {
      String value = setup.config().get(key);
      if (value != null) {
        config.put(key, value);
      }
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // plugin code may throw anything, also sneakily
    public void pause() {
      started = false;
      try {
        connector.stop();
      } catch (Throwable e) {
        if (target != TargetState.STOPPED) {
          throw e;
        }
        LOG.warn(
            "Connector '{}' failed in stop(); it counts as stopped: {}",
            setup.name(),
            setup.environment().trace(e));
      }
    }

    @Override
    public void idle() throws Exception {
      throwRaised();
      awaitChange(requests.get(), IDLE);
    }

    @Override
    public void resume() {
      started = true;
      connector.start(setup.config());
      requests.incrementAndGet();
    }

    @Override
    public void end(boolean failed) {
      if (started) {
        started = false;
        connector.stop();
      }
    }
  }

  /** What a sink connector may ask; thread-safe. */
  private final class SinkContext implements SinkConnectorContext {
    @Override
    public void requestTaskReconfiguration() {
      requestAgain();
    }

    @Override
    public void raiseError(Exception e) {
      fail(e);
    }

    @Override
    public PluginMetrics pluginMetrics() {
      return setup.environment().pluginMetrics().get();
    }
  }

  /** What a source connector may ask; thread-safe. */
  private final class SourceContext implements SourceConnectorContext {
    private final StoredOffsets stored =
        new StoredOffsets(setup.name(), setup.offsets(), setup.environment(), signals);

    @Override
    public void requestTaskReconfiguration() {
      requestAgain();
    }

    @Override
    public void raiseError(Exception e) {
      fail(e);
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
      return stored;
    }

    @Override
    public PluginMetrics pluginMetrics() {
      return setup.environment().pluginMetrics().get();
    }
  }
}
