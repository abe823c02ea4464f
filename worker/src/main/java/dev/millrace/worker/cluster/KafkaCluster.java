package dev.millrace.worker.cluster;

import dev.millrace.kafka.ClientSettings;
import dev.millrace.kafka.TopicTail;
import dev.millrace.kafka.config.ConfigLog;
import dev.millrace.kafka.config.TopicConfigLog;
import dev.millrace.kafka.config.TopicLogSettings;
import dev.millrace.kafka.group.Peer;
import dev.millrace.kafka.group.Roster;
import dev.millrace.kafka.status.StatusTopic;
import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.Membership;
import dev.millrace.model.WorkId;
import dev.millrace.model.control.ControlTimes;
import dev.millrace.model.control.Event;
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
  private ClusterState swept = ClusterState.EMPTY; // confined to the control thread
  private long looks;

  /**
   * A member that has not begun to join.
   *
   * @param self this incarnation, and where it is reached
   * @param workerId {@code host:port}
   */
  public KafkaCluster(
      ClusterSettings settings, ClientSettings clients, Members.Member self, String workerId) {
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
            clients.statusProducer());
    this.shared = new SharedStatuses(statuses, self.id(), InstantSource.system());
  }

  @Override
  public ControlTimes times() {
    return settings.times().control();
  }

  @Override
  public void start(Consumer<Event> events, Consumer<Throwable> failed) {
    statuses.start(events, failed);
    statuses.whenAtEnd(() -> read.complete(null));
    log.start(events, failed);
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
  public void look(ClusterState state, Membership membership) {
    shared.look(state, membership);
    boolean leads = member.equals(membership.leader()) && state.offset() >= membership.barrier();
    if (leads && read.isDone() && (state != swept || ++looks % SWEEP_LOOKS == 0)) {
      swept = state;
      statuses.forgetOthers(
          state.work().keySet(), state.connectors().keySet(), membership.members());
    }
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
  public String blocked() {
    return log.blocked();
  }

  @Override
  public void close() {
    log.close();
    statuses.close();
  }
}
