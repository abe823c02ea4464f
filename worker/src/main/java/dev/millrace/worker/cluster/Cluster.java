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
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The others, as one worker's control thread sees them; or nobody. No method waits, except {@link
 * #close}. Thread-safe.
 */
public interface Cluster extends AutoCloseable {

  /** The times that the control core works with. */
  ControlTimes times();

  /**
   * Begins to read and to join.
   *
   * @param events told what happens
   * @param failed told once when this worker cannot go on
   */
  void start(Consumer<Event> events, Consumer<Throwable> failed);

  /** The config log. */
  ConfigLog log();

  /** Done when the statuses of the others are known. */
  CompletableFuture<Void> read();

  /** Tells the leader what this worker holds, having read the log this far. */
  void report(SortedSet<WorkId> held, long offset);

  /** Asks the leader for something that needs no answer. */
  void submit(Command command);

  /** Tells the holder of a connector's instance that the leader does not take its tasks. */
  void refuse(TasksRefusal refusal);

  /**
   * Takes note of what the control core knows by now; called often.
   *
   * @param decides whether it leads and knows all that was decided before
   */
  void look(ClusterState state, Membership membership, boolean decides);

  /**
   * Takes a look at what may be forgotten, since it is about something that is not there: nothing
   * can have come into being that is not in the state.
   *
   * @param state what the log says, all of it
   */
  void sweep(ClusterState state, Membership membership);

  /** Has a loss of the membership noticed now, by an event, before anything else is done. */
  void checkContact();

  /** The statuses of everybody's work; empty for a worker that is alone. */
  Optional<SharedStatuses> statuses();

  /** Who is there. */
  Members members();

  /** The metrics of the membership; empty for a worker that is alone. */
  Optional<GroupMetrics> metrics();

  /** Since when what this worker tells the others waits to be written; empty when nothing does. */
  Optional<Instant> unwritten();

  /**
   * Why this worker cannot be a member for now, or cannot use a topic of the cluster, in sentences;
   * empty when all is well.
   */
  String blocked();

  /** Leaves; returns within seconds. */
  @Override
  void close();
}
