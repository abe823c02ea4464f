package dev.millrace.worker.cluster;

import dev.millrace.kafka.status.StatusRecord;
import dev.millrace.kafka.status.StatusTopic;
import dev.millrace.model.ClusterState;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.Membership;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The statuses of everybody's work: what the status topic says, as far as it can still be true.
 * What a worker said that has left the group, or has lost the lease, is over: its work is shown as
 * unassigned until the next holder says something. Thread-safe.
 */
public final class SharedStatuses {

  /**
   * One status.
   *
   * @param worker worker id {@code host:port} that reported it
   * @param version version of the plugin; empty when unknown
   */
  public record Seen(WorkStatus status, String worker, String version) {}

  /**
   * What control knows.
   *
   * @param generation the last that this worker was of
   * @param members those of that generation
   */
  private record View(
      ClusterState state, Membership membership, int generation, Set<String> members) {}

  private final StatusTopic topic;
  private final String self;
  private final InstantSource clock;
  private volatile View view = new View(ClusterState.EMPTY, Membership.NONE, 0, Set.of());

  /** Of this topic, seen by that member. */
  SharedStatuses(StatusTopic topic, String self, InstantSource clock) {
    this.topic = topic;
    this.self = self;
    this.clock = clock;
  }

  void look(ClusterState state, Membership membership) {
    int generation = Math.max(membership.generation(), view.generation());
    boolean out = membership.equals(Membership.NONE);
    var members = out ? view.members() : membership.members();
    view = new View(state, membership, generation, members);
  }

  /** Tells everybody of a piece of this worker's work. */
  public void put(WorkId id, Seen seen) {
    Optional<String> trace = Optional.of(seen.status().detail()).filter(text -> !text.isEmpty());
    Optional<String> version = Optional.of(seen.version()).filter(text -> !text.isEmpty());
    View now = view;
    var record =
        new StatusRecord(
            state(id, seen.status()), trace, seen.worker(), now.generation(), version, self);
    topic.put(id, record, now.members(), ends(seen.status()));
  }

  private static boolean ends(WorkStatus status) {
    return switch (status.phase()) {
      case STOPPING, STOPPED, ABANDONED -> true;
      case STARTING, RUNNING, PAUSED, FAILED -> false;
    };
  }

  /** Whether others would see another status than before; they know fewer. */
  public boolean tellsMore(WorkId id, WorkStatus before, WorkStatus next) {
    return state(id, before) != state(id, next) || !before.detail().equals(next.detail());
  }

  private StatusRecord.State state(WorkId id, WorkStatus status) {
    return switch (status.phase()) {
      case RUNNING -> StatusRecord.State.RUNNING;
      case PAUSED -> StatusRecord.State.PAUSED;
      case FAILED -> StatusRecord.State.FAILED;
      case STOPPED ->
          id.isInstance() && isToBeStopped(id)
              ? StatusRecord.State.STOPPED
              : StatusRecord.State.UNASSIGNED;
      case STARTING, STOPPING, ABANDONED -> StatusRecord.State.UNASSIGNED;
    };
  }

  private boolean isToBeStopped(WorkId id) {
    return view.state()
        .connector(id.connector())
        .map(ConnectorState::target)
        .filter(TargetState.STOPPED::equals)
        .isPresent();
  }

  /** The status of work that is wanted; empty when nobody has said anything of it. */
  public Optional<Seen> of(WorkId id) {
    View now = view;
    return topic
        .of(id)
        .filter(record -> now.state().workOfConnector(id.connector()).containsKey(id))
        .map(record -> seen(id, record, now));
  }

  private static Seen seen(WorkId id, StatusRecord record, View now) {
    String holder = now.state().holders().getOrDefault(id, "");
    boolean present =
        now.membership().equals(Membership.NONE) || now.membership().members().contains(holder);
    boolean current = present && holder.equals(record.member());
    WorkStatus status = current ? status(record) : WorkStatus.STARTING;
    return new Seen(status, record.worker(), record.version().orElse(""));
  }

  private static WorkStatus status(StatusRecord record) {
    return switch (record.state()) {
      case RUNNING -> WorkStatus.RUNNING;
      case PAUSED -> WorkStatus.PAUSED;
      case STOPPED -> WorkStatus.STOPPED;
      case FAILED -> WorkStatus.failed(record.trace().orElse(""));
      case UNASSIGNED, RESTARTING -> WorkStatus.STARTING;
    };
  }

  /** The statuses of a connector's tasks, by number. */
  public SortedMap<Integer, Seen> tasksOf(String connector) {
    var found = new TreeMap<Integer, Seen>();
    topic
        .tasksOf(connector)
        .keySet()
        .forEach(task -> of(new WorkId(connector, task)).ifPresent(seen -> found.put(task, seen)));
    return found;
  }

  /** A task uses a topic. */
  public void topicUsed(WorkId task, String name) {
    topic.putTopic(task.connector(), name, task.task(), clock.millis());
  }

  /** The topics that a connector uses. */
  public SortedSet<String> topicsOf(String connector) {
    return topic.topicsOf(connector);
  }

  /** Forgets them. */
  public void resetTopics(String connector) {
    topic.removeTopics(connector);
  }
}
