package dev.millrace.kafka.config;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.common.internals.ClusterResourceListeners;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/** A worker that joins a group and is never heard of again, as one that is killed just then. */
final class DeadMember {
  private static final int TIMEOUT_MS = 60_000;

  private DeadMember() {}

  /** Returns when the group has it as a member, which it stays for the session timeout. */
  static void join(String servers, String group, String member, int sessionMs) throws Exception {
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
    try (var client =
        new ConsumerNetworkClient(
            logs, network, metadata, Time.SYSTEM, 100, TIMEOUT_MS, TIMEOUT_MS)) {
      client.awaitMetadataUpdate(Time.SYSTEM.timer(TIMEOUT_MS));
      var named = ask(client, request(group, member, sessionMs, ""));
      var joined = ask(client, request(group, member, sessionMs, named.data().memberId()));
      if (joined.error() != Errors.NONE) throw new IllegalStateException(joined.error().message());
    }
  }

  private static JoinGroupResponse ask(ConsumerNetworkClient client, JoinGroupRequestData data) {
    var answer = client.send(client.leastLoadedNode(), new JoinGroupRequest.Builder(data));
    client.poll(answer, Time.SYSTEM.timer(TIMEOUT_MS));
    return (JoinGroupResponse) answer.value().responseBody();
  }

  private static JoinGroupRequestData request(
      String group, String member, int sessionMs, String id) {
    var only =
        new JoinGroupRequestProtocol()
            .setName("millrace-1")
            .setMetadata(
                "{\"member\":\"%s\",\"url\":\"http://dead:8083/\"}"
                    .formatted(member)
                    .getBytes(StandardCharsets.UTF_8));
    return new JoinGroupRequestData()
        .setGroupId(group)
        .setMemberId(id)
        .setProtocolType("connect")
        .setSessionTimeoutMs(sessionMs)
        .setRebalanceTimeoutMs(TIMEOUT_MS)
        .setProtocols(new JoinGroupRequestProtocolCollection(List.of(only).iterator()));
  }
}
