package dev.millrace.kafka.group;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.GroupRebalanceConfig;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.internals.AbstractCoordinator;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Timer;

/**
 * The group protocol itself: type {@code connect}, as Kafka Connect's, so that its workers and ours
 * are never in one group; one protocol name of our own. Members offer their id and address, the
 * leader hands the whole list back to everybody. Joining again never interrupts work.
 *
 * <p>Owned by the group thread, except where the superclass is thread-safe.
 */
final class Coordinator extends AbstractCoordinator {
  private static final String PROTOCOL = "millrace-1";
  private static final String METRICS_PREFIX = "connect";

  private final Peer self;
  private final Events events;
  private boolean member;

  Coordinator(
      GroupRebalanceConfig config,
      ConsumerNetworkClient client,
      Metrics metrics,
      Time time,
      Peer self,
      Events events) {
    super(config, new LogContext(), client, metrics, METRICS_PREFIX, time);
    this.self = self;
    this.events = events;
  }

  /** What the protocol leads to; on the group thread. */
  interface Events {
    void joined(Roster roster);

    /** The coordinator knows this member no more. */
    void removed();
  }

  /** Keeps the membership alive, or wins it, for about so long. */
  void turn(long waitMs) {
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
    JoinGroupRequestProtocol only =
        new JoinGroupRequestProtocol().setName(PROTOCOL).setMetadata(RosterFormat.encode(self));
    return new JoinGroupRequestProtocolCollection(List.of(only).iterator());
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
    events.joined(RosterFormat.decodeRoster(generation, assignment));
  }
}
