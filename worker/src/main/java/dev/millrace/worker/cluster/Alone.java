package dev.millrace.worker.cluster;

import dev.millrace.kafka.config.ConfigLog;
import dev.millrace.kafka.group.GroupMetrics;
import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.Membership;
import dev.millrace.model.TasksRefusal;
import dev.millrace.model.WorkId;
import dev.millrace.model.control.ControlTimes;
import dev.millrace.model.control.Event;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A worker without others. It leads, so that it reports and submits to nobody. Immutable. */
public final class Alone implements Cluster {
  private static final int GENERATION = 1;

  private final ConfigLog log;
  private final Members.Member self;

  /** With its own log, which also forms its group of one. */
  public Alone(ConfigLog log, Members.Member self) {
    this.log = log;
    this.self = self;
  }

  @Override
  public ControlTimes times() {
    return ControlTimes.alone();
  }

  @Override
  public void start(Consumer<Event> events, Consumer<Throwable> failed) {
    log.start(events, failed);
  }

  @Override
  public ConfigLog log() {
    return log;
  }

  @Override
  public CompletableFuture<Void> read() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void report(SortedSet<WorkId> held, long offset) {
    throw new IllegalStateException("there is nobody to report to");
  }

  @Override
  public void submit(Command command) {
    throw new IllegalStateException("there is nobody to ask");
  }

  @Override
  public void refuse(TasksRefusal refusal) {
    // the connector is gone, or about to be started: nobody else has it
  }

  @Override
  public void look(ClusterState state, Membership membership, boolean decides) {
    // nobody else is concerned
  }

  @Override
  public void sweep(ClusterState state, Membership membership) {
    // statuses are here only, and go with their work
  }

  @Override
  public Optional<SharedStatuses> statuses() {
    return Optional.empty();
  }

  @Override
  public void checkContact() {
    // nobody to be in contact with
  }

  @Override
  public Members members() {
    return new Members(GENERATION, self.id(), List.of(self));
  }

  @Override
  public Optional<GroupMetrics> metrics() {
    return Optional.empty();
  }

  @Override
  public Optional<Instant> unwritten() {
    return Optional.empty();
  }

  @Override
  public String blocked() {
    return log.blocked();
  }

  @Override
  public void close() {
    log.close();
  }
}
