package dev.millrace.rest;

import dev.millrace.model.WorkId;
import dev.millrace.worker.StatusBoard;
import dev.millrace.worker.WorkerApi;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.errors.NotFoundException;
import org.apache.kafka.connect.health.ConnectClusterDetails;
import org.apache.kafka.connect.health.ConnectClusterState;
import org.apache.kafka.connect.health.ConnectorHealth;
import org.apache.kafka.connect.health.ConnectorState;
import org.apache.kafka.connect.health.TaskState;

/** What extensions may know of connectors (compat: REST §14). Thread-safe; never waits. */
final class ExtensionState implements ConnectClusterState {

  private final WorkerApi worker;

  ExtensionState(WorkerApi worker) {
    this.worker = worker;
  }

  @Override
  public Collection<String> connectors() {
    return List.copyOf(worker.state().connectors().keySet());
  }

  @Override
  public ConnectorHealth connectorHealth(String name) {
    var id = WorkId.instance(name);
    var config = worker.state().connector(name).map(c -> c.config()).orElse(Map.of());
    var entry =
        worker
            .statuses()
            .of(id)
            .orElseThrow(() -> new NotFoundException("No status found for connector " + name));
    var tasks = new TreeMap<Integer, TaskState>();
    worker
        .statuses()
        .tasksOf(name)
        .forEach((number, task) -> tasks.put(number, task(new WorkId(name, number), task)));
    var state = new ConnectorState(Views.stateName(id, entry), entry.worker(), trace(entry));
    return new ConnectorHealth(name, state, tasks, worker.typeOf(config));
  }

  private static TaskState task(WorkId id, StatusBoard.Entry entry) {
    return new TaskState(id.task(), Views.stateName(id, entry), entry.worker(), trace(entry));
  }

  private static String trace(StatusBoard.Entry entry) {
    return entry.status().detail();
  }

  @Override
  public Map<String, String> connectorConfig(String name) {
    return worker
        .state()
        .connector(name)
        .orElseThrow(() -> new NotFoundException("Connector " + name + " not found"))
        .config();
  }

  @Override
  public ConnectClusterDetails clusterDetails() {
    return () -> worker.kafka().clusterId();
  }
}
