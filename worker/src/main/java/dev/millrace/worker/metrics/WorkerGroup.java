package dev.millrace.worker.metrics;

import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus.Phase;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** {@code connect-worker-metrics} (compat: metrics §2). Thread-safe. */
final class WorkerGroup {
  static final String TYPE = "connect-worker-metrics";

  private final Registry registry;
  private final Supplier<Collection<WorkMeter>> meters;
  private final Starts connectorStarts = new Starts(new AtomicLong(), new AtomicLong());
  private final Starts taskStarts = new Starts(new AtomicLong(), new AtomicLong());
  private final Group group;

  private record Starts(AtomicLong succeeded, AtomicLong failed) {
    void count(boolean success) {
      (success ? succeeded : failed).incrementAndGet();
    }
  }

  WorkerGroup(Registry registry, Supplier<Collection<WorkMeter>> meters) {
    this.registry = registry;
    this.meters = meters;
    this.group = new Group(registry.metrics(), TYPE, Map.of());
    group.count("connector-count", "Connectors on this worker", () -> count(true));
    group.count("task-count", "Tasks on this worker", () -> count(false));
    starts("connector", connectorStarts);
    starts("task", taskStarts);
  }

  private long count(boolean instances) {
    return meters.get().stream().filter(meter -> meter.id().isInstance() == instances).count();
  }

  private void starts(String what, Starts starts) {
    String name = what + "-startup-";
    AtomicLong good = starts.succeeded();
    AtomicLong bad = starts.failed();
    group.count(name + "attempts-total", "Starts of a " + what, () -> good.get() + bad.get());
    group.count(name + "success-total", "Starts of a " + what + " that succeeded", good::get);
    group.count(name + "failure-total", "Starts of a " + what + " that failed", bad::get);
    group.share(name + "success-percentage", "Share of starts that succeeded", good::get, bad::get);
    group.share(name + "failure-percentage", "Share of starts that failed", bad::get, good::get);
  }

  /** Ours. */
  void stalls(IntSupplier count) {
    group.whole(
        "stalled-count",
        "Connectors and tasks on this worker that have not returned from a call for long",
        count::getAsInt);
  }

  void startedUp(WorkId id, boolean success) {
    (id.isInstance() ? connectorStarts : taskStarts).count(success);
  }

  void tick(long nowMs) {
    group.tick(nowMs);
  }

  /** Counts of the tasks that this worker has of one connector, by state. */
  Group ofConnector(String connector) {
    var made = new Group(registry.metrics(), TYPE, Map.of("connector", connector));
    made.whole(
        "connector-total-task-count",
        "Tasks of the connector on this worker",
        () -> tasks(connector, EnumSet.allOf(Phase.class)));
    count(made, connector, "running", EnumSet.of(Phase.RUNNING));
    count(made, connector, "paused", EnumSet.of(Phase.PAUSED));
    count(made, connector, "failed", EnumSet.of(Phase.FAILED));
    count(
        made,
        connector,
        "unassigned",
        EnumSet.of(Phase.STARTING, Phase.STOPPING, Phase.STOPPED, Phase.ABANDONED));
    count(made, connector, "destroyed", EnumSet.noneOf(Phase.class));
    count(made, connector, "restarting", EnumSet.noneOf(Phase.class));
    return made;
  }

  private void count(Group made, String connector, String state, Set<Phase> phases) {
    made.whole(
        "connector-" + state + "-task-count",
        "Tasks of the connector on this worker that are " + state,
        () -> tasks(connector, phases));
  }

  private long tasks(String connector, Set<Phase> phases) {
    return meters.get().stream()
        .filter(meter -> !meter.id().isInstance() && meter.id().connector().equals(connector))
        .filter(meter -> phases.contains(meter.phase()))
        .count();
  }

  /** The state's name in metrics, as Kafka Connect has it. */
  static String statusName(Phase phase) {
    return switch (phase) {
      case RUNNING -> "running";
      case PAUSED -> "paused";
      case STOPPED -> "stopped";
      case FAILED -> "failed";
      case STARTING, STOPPING, ABANDONED -> "unassigned";
    };
  }
}
