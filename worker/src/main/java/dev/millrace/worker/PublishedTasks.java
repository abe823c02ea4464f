package dev.millrace.worker;

import dev.millrace.engine.WorkListener;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Stands between a connector instance and its listener: lets only so many tasks through as are
 * allowed, and no resolved secrets (compat: semantics §2, connector config §10).
 */
record PublishedTasks(
    WorkListener listener, String connector, Map<String, String> rawConfig, ConnectorSettings own)
    implements WorkListener {

  @Override
  public void tasksGenerated(List<Map<String, String>> configs) {
    if (configs.size() > own.tasksMax() && own.tasksMaxEnforced()) {
      throw new ConnectException(
          "Connector %s wants %d tasks, but tasks.max allows %d; raise it, or set tasks.max.enforce=false"
              .formatted(connector, configs.size(), own.tasksMax()));
    }
    listener.tasksGenerated(
        configs.stream().map(task -> ConfigResolver.unresolve(task, rawConfig)).toList());
  }

  @Override
  public void started() {
    listener.started();
  }

  @Override
  public void paused() {
    listener.paused();
  }

  @Override
  public void resumed() {
    listener.resumed();
  }

  @Override
  public void failed(Throwable error) {
    listener.failed(error);
  }

  @Override
  public void stopped() {
    listener.stopped();
  }

  @Override
  public void tasksFailed(Throwable error) {
    listener.tasksFailed(error);
  }
}
