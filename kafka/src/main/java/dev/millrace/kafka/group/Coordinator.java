package dev.millrace.kafka.group;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.GroupRebalanceConfig;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.internals.AbstractCoordinator;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.clients.consumer.internals.RequestFuture;
import org.apache.kafka.clients.consumer.internals.RequestFutureListener;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Timer;

/**
 * The group protocol itself: type {@code connect}, as Kafka Connect's, so that its workers and ours
 * are never in one group; one protocol name of our own. Members offer their id and address, the
 * leader hands the whole list back to everybody. Joining again never interrupts work.
 *
 * <p>Owned by the group thread, except where a method says otherwise.
 */
final class Coordinator extends AbstractCoordinator {
  private static final String PROTOCOL = "millrace-1";
  private static final String METRICS_PREFIX = "connect";

  private final String group;
  private final Peer self;
  private final Events events;
  private boolean member;
  private volatile boolean rejoin;
  private volatile Optional<Joining> joining = Optional.empty();
  private Optional<RequestFuture<ClientResponse>> beat = Optional.empty(); // of the watch thread
  private long beatMs; // likewise

  /**
   * A join that was asked for by a member, and may have to wait for others; once they all have
   * joined, for what their leader tells.
   *
   * @param node the coordinator, by a connection of its own
   * @param generation that the member is of until then
   * @param confirmation what the coordinator says meanwhile to those whom it awaits or knows
   */
  private record Joining(
      Node node, int generation, String memberId, Errors confirmation, long sinceMs) {}

  Coordinator(
      GroupRebalanceConfig config,
      ConsumerNetworkClient client,
      Metrics metrics,
      Time time,
      Peer self,
      Events events) {
    super(config, new LogContext(), client, metrics, METRICS_PREFIX, time);
    this.group = config.groupId;
    this.self = self;
    this.events = events;
  }

  /** What the protocol leads to; on the group thread. */
  interface Events {
    void joined(Roster roster);

    /** The coordinator knows this member no more. */
    void removed();

    /** The coordinator has confirmed the membership; asked for at that time. */
    void confirmed(long askedMs);
  }

  /** Whether the coordinator is known, looked for during this time; does not join yet. */
  boolean find(long waitMs) {
    return ensureCoordinatorReady(time.timer(waitMs));
  }

  /** Keeps the membership alive, or wins it, for about so long. */
  void turn(long waitMs) {
    if (rejoin) {
      rejoin = false;
      requestRejoin("out of contact for too long");
    }
    if (!ensureCoordinatorReady(time.timer(waitMs))) {
      return;
    }
    if (rejoinNeededOrPending()) {
      ensureActiveGroup();
    }
    long now = time.milliseconds();
    pollHeartbeat(now);
    client.poll(time.timer(Math.min(waitMs, timeToNextHeartbeat(now))));
  }

  /**
   * Has the group thread join anew, unless it is about to. Does not wait, as any synchronized
   * method of the superclass would while the coordinator is looked for.
   */
  void rejoinSoon() {
    rejoin = true;
  }

  /**
   * A sign of life while a join waits for others, or for the leader, perhaps one that has died,
   * until its session is over: the coordinator would not read it on the connection on which the
   * join waits. Once more at the next call where it has failed. Does not wait. For the watch
   * thread.
   */
  void beatWhileJoining(long nowMs, long intervalMs) {
    Optional<Joining> present = joining.filter(each -> nowMs - each.sinceMs() >= intervalMs);
    boolean due = nowMs - beatMs >= intervalMs || beat.filter(RequestFuture::failed).isPresent();
    if (present.isEmpty() || !due || beat.filter(sent -> !sent.isDone()).isPresent()) {
      return;
    }
    beatMs = nowMs;
    Joining waits = present.get();
    var data =
        new HeartbeatRequestData()
            .setGroupId(group)
            .setMemberId(waits.memberId())
            .setGenerationId(waits.generation());
    RequestFuture<ClientResponse> sent =
        client.send(waits.node(), new HeartbeatRequest.Builder(data));
    sent.addListener(new Beaten(waits));
    beat = Optional.of(sent);
  }

  /** All have joined, by any thread of the client; the leader has yet to tell the roster. */
  void joinAnswered(int generation, String memberId) {
    joining =
        joining.map(
            asked ->
                new Joining(asked.node(), generation, memberId, Errors.NONE, time.milliseconds()));
  }

  /** A member that is awaited, or known in the new generation, is still one. */
  private final class Beaten implements RequestFutureListener<ClientResponse> {
    private final Joining waits;

    Beaten(Joining waits) {
      this.waits = waits;
    }

    @Override
    public void onSuccess(ClientResponse response) {
      if (response.responseBody() instanceof HeartbeatResponse heartbeat
          && heartbeat.error() == waits.confirmation()) {
        events.confirmed(response.receivedTimeMs() - response.requestLatencyMs());
      }
    }

    /** Where the connection was cut before, the client fails all that is sent, and connects not. */
    @Override
    public void onFailure(RuntimeException e) {
      client.tryConnect(waits.node());
    }
  }

  /** Leaves the group, so that nobody has to wait for the session timeout. */
  void leave(long timeoutMs) {
    close(time.timer(timeoutMs), GroupMembershipOperation.LEAVE_GROUP);
  }

  @Override
  protected String protocolType() {
    return "connect";
  }

  @Override
  protected JoinGroupRequestProtocolCollection metadata() {
    joining = Optional.ofNullable(checkAndGetCoordinator()).flatMap(this::joiningAt);
    JoinGroupRequestProtocol only =
        new JoinGroupRequestProtocol().setName(PROTOCOL).setMetadata(RosterFormat.encode(self));
    return new JoinGroupRequestProtocolCollection(List.of(only).iterator());
  }

  /** A connection of its own has the number that the node has where it is no coordinator. */
  private Optional<Joining> joiningAt(Node coordinator) {
    Generation before = generation();
    if (before.generationId < 0) {
      return Optional.empty();
    }
    var node =
        new Node(Integer.MAX_VALUE - coordinator.id(), coordinator.host(), coordinator.port());
    return Optional.of(
        new Joining(
            node,
            before.generationId,
            before.memberId,
            Errors.REBALANCE_IN_PROGRESS,
            time.milliseconds()));
  }

  @Override
  protected boolean onJoinPrepare(Timer timer, int generation, String memberId) {
    if (member && generation < 0) {
      member = false;
      events.removed();
    }
    return true;
  }

  @Override
  protected Map<String, ByteBuffer> onLeaderElected(
      String leaderId,
      String protocol,
      List<JoinGroupResponseMember> members,
      boolean skipAssignment) {
    List<Peer> peers =
        members.stream().map(each -> RosterFormat.decodePeer(each.metadata())).toList();
    byte[] roster = RosterFormat.encode(new Roster(-1, self.member(), peers));
    Map<String, ByteBuffer> answers = new HashMap<>();
    members.forEach(each -> answers.put(each.memberId(), ByteBuffer.wrap(roster)));
    return answers;
  }

  @Override
  protected void onJoinComplete(
      int generation, String memberId, String protocol, ByteBuffer assignment) {
    member = true;
    joining = Optional.empty();
    rejoin = false;
    events.joined(RosterFormat.decodeRoster(generation, assignment));
  }
}
