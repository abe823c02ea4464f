package dev.millrace.worker;

import dev.millrace.engine.WorkListener;
import dev.millrace.model.RecordSize;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between a connector instance and its listener: lets only so many tasks through as are
 * allowed, and no secrets (compat: semantics §2, connector config §10).
 */
record PublishedTasks(
    WorkListener listener,
    String connector,
    Map<String, String> rawConfig,
    Secrets secrets,
    ConnectorSettings own)
    implements WorkListener {

  private static final int MAX_ALL = 8_000_000; // one compressed record of the status topic
  private static final Logger LOG = LoggerFactory.getLogger(PublishedTasks.class);

  @Override
  public void tasksGenerated(List<Map<String, String>> configs) {
    if (configs.size() > own.tasksMax()) tooMany(configs.size());
    var published = configs.stream().map(task -> secrets.hiddenIn(task, rawConfig)).toList();
    requireSize(published);
    listener.tasksGenerated(published);
  }

  /** What cannot be written would be offered again and again. */
  private void requireSize(List<Map<String, String>> tasks) {
    long largest = tasks.stream().mapToLong(RecordSize::of).max().orElse(0);
    long all = tasks.stream().mapToLong(RecordSize::of).sum();
    if (largest <= RecordSize.MAX_CONFIG && all <= MAX_ALL) return;
    throw new ConnectException(
        "Connector %s wants tasks whose configurations have up to %d bytes, %d in all; at most %d and %d can be stored"
            .formatted(connector, largest, all, RecordSize.MAX_CONFIG, MAX_ALL));
  }

  private void tooMany(int count) {
    String message =
        "Connector %s wants %d tasks, but tasks.max allows %d; raise it, or set tasks.max.enforce=false"
            .formatted(connector, count, own.tasksMax());
    if (own.tasksMaxEnforced()) throw new ConnectException(message);
    LOG.warn("{}. All of them are started, since that is set", message);
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
  public void failedStopping(Throwable error) {
    listener.failedStopping(error);
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
