package dev.millrace.worker.cluster;

import dev.millrace.kafka.ClientSettings;
import dev.millrace.kafka.TopicTail;
import dev.millrace.kafka.config.ConfigLog;
import dev.millrace.kafka.config.TopicConfigLog;
import dev.millrace.kafka.config.TopicLogSettings;
import dev.millrace.kafka.group.GroupMetrics;
import dev.millrace.kafka.group.Peer;
import dev.millrace.kafka.group.Roster;
import dev.millrace.kafka.status.StatusTopic;
import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.Membership;
import dev.millrace.model.TasksRefusal;
import dev.millrace.model.WorkId;
import dev.millrace.model.control.ControlTimes;
import dev.millrace.model.control.Event;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The workers of one group, over Kafka: config topic, membership, status topic. Its own state is
 * written by the control thread only.
 */
public final class KafkaCluster implements Cluster {
  private static final long SWEEP_LOOKS = 10; // with a look at least every 100 ms

  private final String member;
  private final ClusterSettings settings;
  private final TopicConfigLog log;
  private final StatusTopic statuses;
  private final SharedStatuses shared;
  private final CompletableFuture<Void> read = new CompletableFuture<>();
  private final FenceGate fences;
  private final FenceRounds rounds;
  private final KeyRotation keys;
  private volatile Consumer<Event> control = event -> {};
  private volatile ClusterState state = ClusterState.EMPTY;
  private long looks; // confined to the control thread

  /**
   * A member that has not begun to join.
   *
   * @param self this incarnation, and where it is reached
   * @param workerId {@code host:port}
   * @param fencer what the leader fences with
   */
  public KafkaCluster(
      ClusterSettings settings,
      ClientSettings clients,
      Members.Member self,
      String workerId,
      Fencer fencer) {
    this.member = self.id();
    this.settings = settings;
    this.log =
        new TopicConfigLog(
            new TopicLogSettings(
                settings.configTopic(),
                clients.configLogProducer(),
                clients.configLogConsumer(),
                clients.configLogAdmin()),
            settings.groupSettings(clients.groupMember(workerId)),
            new Peer(self.id(), self.url()));
    this.statuses =
        new StatusTopic(
            new TopicTail.Settings(
                settings.statusTopic(),
                clients.statusConsumer(),
                clients.statusAdmin(),
                topics -> {}),
            clients.statusProducer(),
            InstantSource.system());
    this.shared = new SharedStatuses(statuses, self.id(), InstantSource.system());
    this.fences = new FenceGate(log, statuses::submit);
    this.rounds = new FenceRounds(fencer);
    this.keys = settings.keys();
  }

  /** Where exactly-once tasks wait before they begin. */
  public FenceGate fences() {
    return fences;
  }

  @Override
  public ControlTimes times() {
    return settings.times().control();
  }

  @Override
  public void start(Consumer<Event> events, Consumer<Throwable> failed) {
    control = events;
    statuses.start(event -> take(event, events), failed);
    statuses.whenAtEnd(() -> read.complete(null));
    log.start(events, failed);
  }

  /** That fencing be recorded is asked for by tasks that wait: the leader first does it. */
  private void take(Event event, Consumer<Event> events) {
    if (event instanceof Event.Asked(var number, Command.RecordFencing asked)) {
      rounds.begin(asked, events);
    } else {
      events.accept(event);
    }
  }

  @Override
  public ConfigLog log() {
    return log;
  }

  @Override
  public CompletableFuture<Void> read() {
    return read;
  }

  @Override
  public void report(SortedSet<WorkId> held, long offset) {
    statuses.report(member, held, offset);
  }

  @Override
  public void submit(Command command) {
    statuses.submit(command);
  }

  @Override
  public void refuse(TasksRefusal refusal) {
    statuses.refuse(refusal);
  }

  @Override
  public void look(ClusterState newer, Membership membership, boolean decides) {
    if (newer.newestLease() != state.newestLease()) countOwn(newer);
    state = newer;
    shared.look(newer, membership);
    fences.look(newer);
    rounds.look(newer, decides);
    if (decides) keys.look(newer, control);
  }

  @Override
  public void sweep(ClusterState all, Membership membership) {
    if (read.isDone() && ++looks % SWEEP_LOOKS == 0) {
      statuses.forgetOthers(all.workIds(), all.connectors().keySet(), membership.members());
    }
  }

  @Override
  public void checkContact() {
    log.checkContact();
  }

  private void countOwn(ClusterState newer) {
    int connectors = 0;
    int tasks = 0;
    for (var held : newer.holders().entrySet()) {
      if (!held.getValue().equals(member)) continue;
      if (held.getKey().isInstance()) connectors++;
      else tasks++;
    }
    log.metrics().assigned(connectors, tasks);
  }

  @Override
  public Optional<SharedStatuses> statuses() {
    return Optional.of(shared);
  }

  @Override
  public Members members() {
    return log.roster().map(KafkaCluster::members).orElse(Members.NONE);
  }

  private static Members members(Roster roster) {
    return new Members(
        roster.generation(),
        roster.leader(),
        roster.peers().stream().map(p -> new Members.Member(p.member(), p.url())).toList());
  }

  @Override
  public Optional<GroupMetrics> metrics() {
    return Optional.of(log.metrics());
  }

  @Override
  public Optional<Instant> unwritten() {
    return statuses.unwritten();
  }

  @Override
  public String blocked() {
    return (log.blocked() + " " + statuses.trouble()).strip();
  }

  @Override
  public void close() {
    log.close();
    statuses.close();
  }
}
