package dev.millrace.worker;

import dev.millrace.kafka.ClientSettings;
import dev.millrace.model.ClusterState;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.WorkId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * One exactly-once task among those of its connector: when it may begin, and whether it still may
 * (compat: group protocol §12). Owned by the task's thread.
 */
final class TaskFence {

  private static final long FENCING_SECONDS = 60;

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
    leave = fences.enter(task, count -> fence(count, clients, config));
    entered = true;
  }

  private void fence(int count, ClientSettings clients, Map<String, String> config) {
    fence(task.connector(), count, clients, config);
  }

  /** Shuts out the producers of tasks 0 to n-1; with the connector's resolved configuration. */
  static void fence(
      String connector, int count, ClientSettings clients, Map<String, String> config) {
    List<String> ids =
        IntStream.range(0, count).mapToObj(n -> clients.transactionalId(connector, n)).toList();
    try (var admin = KafkaClients.admin(clients.workerAdmin(connector, config))) {
      admin.fenceProducers(ids).all().get(FENCING_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new ConnectException(
          "Kafka did not fence the producers %s to %s: %s"
              .formatted(ids.getFirst(), ids.getLast(), e),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("Interrupted while producers were being fenced", e);
    }
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
