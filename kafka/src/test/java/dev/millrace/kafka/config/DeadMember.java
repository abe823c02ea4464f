package dev.millrace.kafka.config;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.common.internals.ClusterResourceListeners;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * A worker that does of the group's protocol only what it is told to, and is never heard of again,
 * as one that is killed just then: the group has it for its session timeout.
 */
final class DeadMember implements AutoCloseable {
  private static final int TIMEOUT_MS = 60_000;
  private static final int BEAT_MS = 100;
  private static final Set<Errors> AGAIN =
      Set.of(
          Errors.MEMBER_ID_REQUIRED, Errors.COORDINATOR_LOAD_IN_PROGRESS, Errors.NOT_COORDINATOR);

  private final String group;
  private final String member;
  private final int sessionMs;
  private final ConsumerNetworkClient client;
  private JoinGroupResponseData joined = new JoinGroupResponseData();

  DeadMember(String servers, String group, String member, int sessionMs) {
    this.group = group;
    this.member = member;
    this.sessionMs = sessionMs;
    var config =
        new ConsumerConfig(
            Map.of(
                "bootstrap.servers",
                servers,
                "key.deserializer",
                ByteArrayDeserializer.class,
                "value.deserializer",
                ByteArrayDeserializer.class));
    var logs = new LogContext();
    var metadata = new Metadata(100, 1_000, 300_000, logs, new ClusterResourceListeners());
    metadata.bootstrap(ClientUtils.parseAndValidateAddresses(config));
    var network =
        ClientUtils.createNetworkClient(
            config,
            new Metrics(),
            "dead",
            logs,
            new ApiVersions(),
            Time.SYSTEM,
            100,
            metadata,
            null,
            null);
    client =
        new ConsumerNetworkClient(
            logs, network, metadata, Time.SYSTEM, 100, TIMEOUT_MS, TIMEOUT_MS);
    client.awaitMetadataUpdate(Time.SYSTEM.timer(TIMEOUT_MS));
    awaitCoordinator();
  }

  private void awaitCoordinator() {
    var data =
        new FindCoordinatorRequestData()
            .setKeyType(FindCoordinatorRequest.CoordinatorType.GROUP.id())
            .setCoordinatorKeys(List.of(group));
    long end = System.nanoTime() + TIMEOUT_MS * 1_000_000L;
    while (((FindCoordinatorResponse) ask(new FindCoordinatorRequest.Builder(data)))
            .coordinators()
            .getFirst()
            .errorCode()
        != 0) {
      if (System.nanoTime() > end) throw new IllegalStateException("there is no coordinator");
      LockSupport.parkNanos(BEAT_MS * 1_000_000L);
    }
  }

  /** Returns when the group has it as a member, and it is told who else there is if it leads. */
  void join() {
    long end = System.nanoTime() + TIMEOUT_MS * 1_000_000L;
    do {
      if (System.nanoTime() > end) check(Errors.forCode(joined.errorCode()));
      joined = joinAs(joined.memberId()).data();
    } while (AGAIN.contains(Errors.forCode(joined.errorCode())));
    check(Errors.forCode(joined.errorCode()));
  }

  private JoinGroupResponse joinAs(String id) {
    var only =
        new JoinGroupRequestProtocol()
            .setName("millrace-1")
            .setMetadata(text("{\"member\":\"%s\",\"url\":\"http://dead/\"}".formatted(member)));
    var data =
        new JoinGroupRequestData()
            .setGroupId(group)
            .setMemberId(id)
            .setProtocolType("connect")
            .setSessionTimeoutMs(sessionMs)
            .setRebalanceTimeoutMs(TIMEOUT_MS)
            .setProtocols(new JoinGroupRequestProtocolCollection(List.of(only).iterator()));
    return (JoinGroupResponse) ask(new JoinGroupRequest.Builder(data));
  }

  /** As the leader, tells all who they are. */
  void tell() {
    String peers =
        joined.members().stream()
            .map(each -> new String(each.metadata(), StandardCharsets.UTF_8))
            .collect(Collectors.joining(","));
    byte[] roster = text("{\"leader\":\"%s\",\"members\":[%s]}".formatted(member, peers));
    var data =
        new SyncGroupRequestData()
            .setGroupId(group)
            .setMemberId(joined.memberId())
            .setGenerationId(joined.generationId())
            .setProtocolType("connect")
            .setProtocolName("millrace-1")
            .setAssignments(
                joined.members().stream()
                    .map(
                        each ->
                            new SyncGroupRequestAssignment()
                                .setMemberId(each.memberId())
                                .setAssignment(roster))
                    .toList());
    check(((SyncGroupResponse) ask(new SyncGroupRequest.Builder(data))).error());
  }

  /** Shows that it lives, until somebody comes and the group wants all to join anew. */
  void awaitNewcomer() {
    long end = System.nanoTime() + TIMEOUT_MS * 1_000_000L;
    while (beat() != Errors.REBALANCE_IN_PROGRESS) {
      if (System.nanoTime() > end) throw new IllegalStateException("nobody has come");
      LockSupport.parkNanos(BEAT_MS * 1_000_000L);
    }
  }

  /** Shows that it lives while something else takes its time. */
  <T> T aliveDuring(Callable<T> other) throws Exception {
    var end = new FutureTask<>(other);
    Thread.ofPlatform().daemon().name("beside-dead").start(end);
    while (!end.isDone()) {
      beat();
      LockSupport.parkNanos(BEAT_MS * 1_000_000L);
    }
    return end.get();
  }

  private Errors beat() {
    var data =
        new HeartbeatRequestData()
            .setGroupId(group)
            .setMemberId(joined.memberId())
            .setGenerationId(joined.generationId());
    return ((HeartbeatResponse) ask(new HeartbeatRequest.Builder(data))).error();
  }

  /** Shows that it lives for a while, in which the others join anew, and wait for it. */
  void letOthersJoin() {
    for (int i = 0; i < 2_000 / BEAT_MS; i++) {
      beat();
      LockSupport.parkNanos(BEAT_MS * 1_000_000L);
    }
  }

  /** As an administrator can, takes the others out of the group. */
  void removeOthers() {
    var others =
        joined.members().stream()
            .filter(each -> !each.memberId().equals(joined.memberId()))
            .map(each -> new MemberIdentity().setMemberId(each.memberId()))
            .toList();
    var data = new LeaveGroupRequestData().setGroupId(group).setMembers(others);
    var builder = new LeaveGroupRequest.Builder(group, data.members());
    check(((LeaveGroupResponse) ask(builder)).error());
  }

  private AbstractResponse ask(AbstractRequest.Builder<?> request) {
    var answer = client.send(client.leastLoadedNode(), request);
    client.poll(answer, Time.SYSTEM.timer(TIMEOUT_MS));
    return answer.value().responseBody();
  }

  private static void check(Errors error) {
    if (error != Errors.NONE) throw new IllegalStateException(error.message());
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** It is dead from now on. */
  @Override
  public void close() {
    try {
      client.close();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
