package dev.millrace.worker;

import dev.millrace.model.ClusterState;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Waits for the start of a connector (compat: REST §6 restart, §15). Used by one request's thread.
 */
final class StartWait {

  private static final Duration LOOK = Duration.ofMillis(200);

  private final WorkerApi worker;
  private final String connector;
  private final Instant began = Instant.now(); // as it is told
  private final long beganNanos = System.nanoTime(); // by the clock that nobody sets

  StartWait(WorkerApi worker, String connector) {
    this.worker = worker;
    this.connector = connector;
  }

  /** Why it has not begun, as a sentence; empty when it has, or is none of this worker's. */
  Optional<String> await(Duration atMost) {
    long end = beganNanos + atMost.toNanos();
    var id = WorkId.instance(connector);
    while (awaited(id)) {
      long asOf = worker.state().connector(connector).map(c -> c.restarts().instance()).orElse(-1L);
      var became = worker.statuses().beginnings().await(id, asOf, shorter(LOOK, end));
      if (became.isPresent()) return judged(became.get(), end);
      if (over(end)) return Optional.of(timedOut("starting the connector"));
    }
    return Optional.empty();
  }

  /** It may be deleted meanwhile, or go to another worker. */
  private boolean awaited(WorkId id) {
    var state = worker.state();
    return state.connector(connector).isPresent() && mine(state, id);
  }

  private Optional<String> judged(WorkStatus became, long end) {
    if (became.phase() == WorkStatus.Phase.FAILED) {
      return Optional.of("Failed to start connector: " + connector);
    }
    return worker.standalone() ? awaitTasks(end) : Optional.empty();
  }

  private static boolean over(long end) {
    return System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted();
  }

  private static Duration shorter(Duration look, long end) {
    var left = Duration.ofNanos(end - System.nanoTime());
    return left.compareTo(look) < 0 ? left : look;
  }

  private boolean mine(ClusterState state, WorkId id) {
    var holder = state.holders().get(id);
    return holder == null ? worker.standalone() : holder.equals(worker.member());
  }

  private Optional<String> awaitTasks(long end) {
    while (worker.state().connector(connector).filter(StartWait::lacksTasks).isPresent()) {
      if (over(end)) {
        return Optional.of(timedOut("generating task configs for connector " + connector));
      }
      worker.awaitOffset(worker.state().offset() + 1, LOOK);
    }
    return Optional.empty();
  }

  private static boolean lacksTasks(ConnectorState connector) {
    return connector.target() == TargetState.STARTED
        && !connector.config().equals(connector.appliedConfig());
  }

  private String timedOut(String doing) {
    return "Request timed out. The worker is currently %s, which began at %s."
        .formatted(doing, began);
  }
}
