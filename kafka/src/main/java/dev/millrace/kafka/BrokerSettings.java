package dev.millrace.kafka;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** The settings of the embedded broker: one node, little memory, a fast start. Pure. */
final class BrokerSettings {

  private static final List<String> ONE =
      List.of(
          "offsets.topic.replication.factor",
          "offsets.topic.num.partitions",
          "transaction.state.log.replication.factor",
          "transaction.state.log.min.isr",
          "transaction.state.log.num.partitions",
          "share.coordinator.state.topic.replication.factor",
          "share.coordinator.state.topic.min.isr",
          "share.coordinator.state.topic.num.partitions",
          "default.replication.factor",
          "num.partitions",
          "num.network.threads",
          "background.threads",
          "num.recovery.threads.per.data.dir",
          "log.cleaner.threads");

  private BrokerSettings() {}

  /**
   * All settings of one start.
   *
   * @param overrides win over everything but identity, listeners and directory
   */
  static Properties of(
      DataDirectory.Identity id, String host, Path logDir, Map<String, String> overrides) {
    Properties p = new Properties();
    ONE.forEach(key -> p.setProperty(key, "1"));
    p.putAll(FAST_AND_SMALL);
    p.putAll(KEEP);
    overrides.forEach(p::setProperty);
    p.setProperty("process.roles", "broker,controller");
    p.setProperty("node.id", Integer.toString(id.nodeId()));
    p.setProperty("controller.quorum.voters", id.nodeId() + "@" + host + ":" + id.controllerPort());
    p.setProperty(
        "listeners",
        "PLAINTEXT://%s:%d,CONTROLLER://%s:%d"
            .formatted(host, id.port(), host, id.controllerPort()));
    p.setProperty("advertised.listeners", "PLAINTEXT://%s:%d".formatted(host, id.port()));
    p.setProperty("controller.listener.names", "CONTROLLER");
    p.setProperty("inter.broker.listener.name", "PLAINTEXT");
    p.setProperty("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
    p.setProperty("log.dirs", logDir.toString());
    return p;
  }

  private static final Map<String, String> FAST_AND_SMALL =
      Map.ofEntries(
          Map.entry("auto.create.topics.enable", "true"),
          Map.entry("group.initial.rebalance.delay.ms", "0"),
          Map.entry("group.min.session.timeout.ms", "1000"),
          Map.entry("group.coordinator.threads", "1"),
          Map.entry("num.io.threads", "4"),
          Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
          Map.entry("log.cleaner.io.buffer.size", "131072"),
          Map.entry("log.index.size.max.bytes", "1048576"),
          Map.entry("log.segment.bytes", "134217728"),
          Map.entry("offsets.topic.segment.bytes", "16777216"),
          Map.entry("transaction.state.log.segment.bytes", "16777216"),
          // a transaction left open by a killed process ends soon after its own timeout
          Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"),
          // nobody can take over from the only node, so a pause must not cost it its leadership;
          // a restart fences it by other means (BrokerRuntime#fence)
          Map.entry("broker.session.timeout.ms", "3600000"),
          Map.entry("broker.heartbeat.interval.ms", "1000"),
          // it would take away leaderships while transactions are ending (BrokerRuntime#fence)
          Map.entry("controlled.shutdown.enable", "false"));

  /** What lies in the directory stays until somebody deletes it, however long Kafka is off. */
  private static final Map<String, String> KEEP =
      Map.of("log.retention.ms", "-1", "offsets.retention.minutes", "2628000");
}
