package dev.millrace.worker;

import dev.millrace.kafka.ClientSettings;
import dev.millrace.model.ClusterState;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.WorkId;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One exactly-once task among those of its connector: when it may begin, and whether it still may
 * (compat: group protocol §12). Owned by the task's thread.
 */
final class TaskFence {

  private final Fences fences;
  private final Supplier<ClusterState> state;
  private final GenerationFences.Membership task;
  private Runnable leave = () -> {};
  private boolean entered;

  TaskFence(Fences fences, Supplier<ClusterState> state, WorkId id, ConnectorState connector) {
    this.fences = fences;
    this.state = state;
    this.task =
        new GenerationFences.Membership(
            id.connector(), connector.restarts().tasks(), connector.tasks().size());
  }

  /** Before the task's producer is made. */
  void enter(ClientSettings clients, Map<String, String> config) {
    if (entered) return;
    leave = fences.enter(task, new Fencing(clients, task.connector(), config)::first);
    entered = true;
  }

  /** After the task's producer has fenced its predecessor: is it itself still wanted? */
  void check() {
    fences.upToDate();
    var present = state.get().connectors().get(task.connector());
    if (present != null && present.restarts().tasks() > task.generation()) {
      throw GenerationFences.outdated(task.connector());
    }
  }

  /** The task is over. */
  void leave() {
    leave.run();
  }
}
