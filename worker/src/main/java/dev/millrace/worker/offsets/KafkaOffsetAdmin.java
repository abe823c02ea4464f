package dev.millrace.worker.offsets;

import dev.millrace.engine.Traces;
import dev.millrace.kafka.StoredOffset;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.TargetState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offsets in Kafka. One change of a connector's offsets at a time. Thread-safe; callers wait,
 * plugin code runs on threads of its own.
 */
public final class KafkaOffsetAdmin implements OffsetAdmin {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaOffsetAdmin.class);

  private final Function<String, Optional<ConnectorState>> connectors;
  private final BiFunction<String, ConnectorState, OffsetTarget> targets;
  private final OffsetChanges changes;
  private final Duration patience;
  private final Turns changing = new Turns();

  /**
   * Over the connectors there are.
   *
   * @param connectors the newest state of a connector
   * @param targets resolves its configuration and finds its plugin; may throw
   * @param changes keeps connectors from being started meanwhile
   */
  public KafkaOffsetAdmin(
      Function<String, Optional<ConnectorState>> connectors,
      BiFunction<String, ConnectorState, OffsetTarget> targets,
      OffsetChanges changes) {
    this(connectors, targets, changes, Duration.ofSeconds(DEADLINE_SECONDS));
  }

  /** The same, waiting so long for a configuration to be resolved. */
  KafkaOffsetAdmin(
      Function<String, Optional<ConnectorState>> connectors,
      BiFunction<String, ConnectorState, OffsetTarget> targets,
      OffsetChanges changes,
      Duration patience) {
    this.connectors = connectors;
    this.targets = targets;
    this.changes = changes;
    this.patience = patience;
  }

  @Override
  public List<Position> list(String connector) {
    return shown(target(connector, found(connector)), KafkaOffsetAdmin::list);
  }

  private static List<Position> list(OffsetTarget target) {
    if (target.sink()) return new SinkGroup(target).list();
    try (var store = target.access().store()) {
      return await(store.partitions()).stream().map(KafkaOffsetAdmin::position).toList();
    }
  }

  private OffsetTarget target(String connector, ConnectorState state) {
    try {
      return PluginCall.resolve(connector, patience, () -> targets.apply(connector, state));
    } catch (OffsetException e) {
      LOG.warn("The configuration of connector {} cannot be read: {}", connector, Traces.of(e));
      throw e;
    }
  }

  /** Plugins, and Kafka's clients, may put settings of the connector into their messages. */
  private static <T> T shown(OffsetTarget target, Function<OffsetTarget, T> how) {
    try {
      return how.apply(target);
    } catch (OffsetException e) {
      LOG.warn("Offsets of connector {}: {}", target.name(), target.hidden().apply(Traces.of(e)));
      throw e.hidden(target.hidden());
    }
  }

  private static Position position(StoredOffset stored) {
    return new Position(stored.partition(), stored.offset());
  }

  private ConnectorState found(String connector) {
    return connectors
        .apply(connector)
        .orElseThrow(
            () ->
                new OffsetException(
                    OffsetException.Kind.NOT_FOUND, "Connector " + connector + " not found", null));
  }

  @Override
  public Outcome alter(String connector, List<Position> positions) {
    return change(
        connector,
        target ->
            target.sink()
                ? new SinkGroup(target).alter(SinkPositions.parse(positions))
                : new SourcePositions(target).alter(positions));
  }

  @Override
  public Outcome reset(String connector) {
    return change(
        connector,
        target ->
            target.sink() ? new SinkGroup(target).reset() : new SourcePositions(target).reset());
  }

  private Outcome change(String connector, Function<OffsetTarget, Outcome> how) {
    if (!acquire(connector)) {
      throw OffsetException.failed(
          "Request timed out. The worker is currently modifying offsets for connector "
              + connector
              + ".",
          null);
    }
    try (var ignored = changes.begin(connector)) {
      return shown(target(connector, stopped(connector)), how);
    } finally {
      changing.giveBack(connector);
    }
  }

  private boolean acquire(String connector) {
    try {
      return changing.take(connector, DEADLINE_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw OffsetException.failed("Request interrupted", e);
    }
  }

  private ConnectorState stopped(String connector) {
    var state = found(connector);
    if (state.target() == TargetState.STOPPED && state.tasks().isEmpty()) return state;
    throw OffsetException.badRequest(
        ("Connectors must be in the STOPPED state before their offsets can be modified. This can be"
                + " done for the specified connector by issuing a 'PUT' request to the"
                + " '/connectors/%s/stop' endpoint")
            .formatted(connector));
  }

  /** The result, or why there is none. */
  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw OffsetException.failed(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw OffsetException.failed("Kafka did not answer in time; see whether it is reachable", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw OffsetException.failed("Request interrupted", e);
    }
  }
}
