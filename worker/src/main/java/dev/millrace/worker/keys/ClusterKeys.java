package dev.millrace.worker.keys;

import static dev.millrace.worker.keys.Rules.among;
import static dev.millrace.worker.keys.Rules.atLeast;
import static dev.millrace.worker.keys.Rules.count;
import static dev.millrace.worker.keys.Rules.filled;
import static dev.millrace.worker.keys.WorkerKey.optional;
import static dev.millrace.worker.keys.WorkerKey.required;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/** Keys of one of Kafka Connect's modes only (compat: worker config §4, §5, §12). */
final class ClusterKeys {

  private static final String LEASES =
      "who runs what is a fact in the config topic, given out again as soon as a departed worker"
          + " must have stopped; there is no rebalance to tune";
  private static final String JSON_ALWAYS = "internal data is always JSON without schemas";
  private static final String GONE = "Kafka Connect removed it; ";

  private ClusterKeys() {}

  static List<WorkerKey> all() {
    return Stream.of(
            topics(), group(), assignment(), signatures(), network(), standalone(), removed())
        .flatMap(List::stream)
        .toList();
  }

  private static List<WorkerKey> topics() {
    return List.of(
        required("group.id", ConfigDef.Type.STRING, "Name of the worker cluster")
            .valid(filled())
            .distributed(),
        required(
                "config.storage.topic",
                ConfigDef.Type.STRING,
                "Topic of configurations, of one partition")
            .valid(filled())
            .distributed(),
        replication("config.storage.replication.factor", "configuration topic"),
        required("offset.storage.topic", ConfigDef.Type.STRING, "Topic of source offsets")
            .valid(filled())
            .distributed(),
        partitions("offset.storage.partitions", 25, "offset topic"),
        replication("offset.storage.replication.factor", "offset topic"),
        required("status.storage.topic", ConfigDef.Type.STRING, "Topic of statuses")
            .valid(filled())
            .distributed(),
        partitions("status.storage.partitions", 5, "status topic"),
        replication("status.storage.replication.factor", "status topic"));
  }

  private static WorkerKey replication(String name, String topic) {
    return optional(
            name,
            ConfigDef.Type.SHORT,
            (short) 3,
            "Replication factor of the " + topic + " when it is created; -1: the broker's default")
        .valid(count())
        .distributed();
  }

  private static WorkerKey partitions(String name, int standard, String topic) {
    return optional(
            name,
            ConfigDef.Type.INT,
            standard,
            "Partitions of the " + topic + " when it is created; -1: the broker's default")
        .valid(count())
        .distributed();
  }

  private static List<WorkerKey> group() {
    return List.of(
        optional(
                "session.timeout.ms",
                ConfigDef.Type.INT,
                10_000,
                "A silent worker counts as gone after this")
            .valid(atLeast(1))
            .distributed(),
        optional(
                "heartbeat.interval.ms",
                ConfigDef.Type.INT,
                3_000,
                "Milliseconds between signs of life, at most")
            .valid(atLeast(1))
            .distributed(),
        optional(
                "rebalance.timeout.ms",
                ConfigDef.Type.INT,
                60_000,
                "Milliseconds for joining a changed group")
            .valid(atLeast(1))
            .distributed(),
        optional(
                "exactly.once.source.support",
                ConfigDef.Type.STRING,
                "disabled",
                "Whether sources write records and offsets in one transaction")
            .valid(among("disabled", "preparing", "enabled"))
            .distributed(),
        optional(
                "millrace.restart.hold.ms",
                ConfigDef.Type.LONG,
                0L,
                "Milliseconds for which the work of a worker that is stopped is held for its"
                    + " return; 0: others take it over at once")
            .valid(atLeast(0))
            .distributed());
  }

  /** Keys of Kafka Connect's way to say who runs what, which is another one here. */
  private static List<WorkerKey> assignment() {
    return List.of(
        optional("connect.protocol", ConfigDef.Type.STRING, "sessioned", "Rebalance protocol")
            .valid(among("eager", "compatible", "sessioned"))
            .distributed()
            .without(LEASES),
        optional(
                "scheduled.rebalance.max.delay.ms",
                ConfigDef.Type.INT,
                300_000,
                "Wait before work of departed workers is given to others")
            .valid(atLeast(0))
            .distributed()
            .without(LEASES),
        optional(
                "worker.sync.timeout.ms",
                ConfigDef.Type.INT,
                3_000,
                "Time to read the config topic to its end")
            .distributed()
            .without(LEASES),
        optional(
                "worker.unsync.backoff.ms",
                ConfigDef.Type.INT,
                300_000,
                "Wait after that did not succeed")
            .distributed()
            .without(LEASES));
  }

  private static List<WorkerKey> signatures() {
    return List.of(
        optional(
                "inter.worker.key.generation.algorithm",
                ConfigDef.Type.STRING,
                "HmacSHA256",
                "Algorithm that makes keys for requests between workers")
            .distributed(),
        optional("inter.worker.key.size", ConfigDef.Type.INT, null, "Size of those keys")
            .distributed(),
        optional("inter.worker.key.ttl.ms", ConfigDef.Type.INT, 3_600_000, "Life of those keys")
            .valid(atLeast(0))
            .distributed(),
        optional(
                "inter.worker.signature.algorithm",
                ConfigDef.Type.STRING,
                "HmacSHA256",
                "Algorithm that signs such requests; one of those that are permitted")
            .distributed(),
        optional(
                "inter.worker.verification.algorithms",
                ConfigDef.Type.LIST,
                "HmacSHA256",
                "Signature algorithms of requests between workers that are permitted")
            .valid(filled())
            .distributed());
  }

  private static List<WorkerKey> network() {
    return List.of(
        optional(
                "client.id",
                ConfigDef.Type.STRING,
                "",
                "Part of the names of the worker's Kafka clients")
            .distributed(),
        client(
                "metadata.max.age.ms",
                ConfigDef.Type.LONG,
                300_000L,
                "Age at which metadata is fetched again")
            .valid(atLeast(0)),
        client("send.buffer.bytes", ConfigDef.Type.INT, 131_072, "Send buffer; -1: the system's")
            .valid(atLeast(-1)),
        client(
                "receive.buffer.bytes",
                ConfigDef.Type.INT,
                32_768,
                "Receive buffer; -1: the system's")
            .valid(atLeast(-1)),
        client(
                "reconnect.backoff.ms",
                ConfigDef.Type.LONG,
                50L,
                "First wait before connecting again")
            .valid(atLeast(0)),
        client("reconnect.backoff.max.ms", ConfigDef.Type.LONG, 1_000L, "Longest such wait")
            .valid(atLeast(0)),
        client("retry.backoff.ms", ConfigDef.Type.LONG, 100L, "First wait before asking again")
            .valid(atLeast(0)),
        client("retry.backoff.max.ms", ConfigDef.Type.LONG, 1_000L, "Longest such wait")
            .valid(atLeast(0)),
        client(
                "request.timeout.ms",
                ConfigDef.Type.INT,
                40_000,
                "Milliseconds a broker may take to answer")
            .valid(atLeast(0)),
        client(
            "connections.max.idle.ms",
            ConfigDef.Type.LONG,
            540_000L,
            "Idle connections are closed after"),
        client(
                "socket.connection.setup.timeout.ms",
                ConfigDef.Type.LONG,
                10_000L,
                "Time to connect, first")
            .valid(atLeast(0)),
        client(
                "socket.connection.setup.timeout.max.ms",
                ConfigDef.Type.LONG,
                30_000L,
                "The same, at most")
            .valid(atLeast(0)),
        client(
                "metadata.recovery.strategy",
                ConfigDef.Type.STRING,
                "rebootstrap",
                "What clients do when no known broker answers")
            .valid(among("rebootstrap", "none")),
        client(
                "metadata.recovery.rebootstrap.trigger.ms",
                ConfigDef.Type.LONG,
                300_000L,
                "After so long without metadata they begin anew")
            .valid(atLeast(0)),
        client("security.protocol", ConfigDef.Type.STRING, "PLAINTEXT", "How to speak with brokers")
            .valid(
                among(
                    SecurityProtocol.names().stream()
                        .map(name -> name.toUpperCase(Locale.ROOT))
                        .toArray(String[]::new))));
  }

  private static WorkerKey client(
      String name, ConfigDef.Type type, Object standard, String documentation) {
    return optional(name, type, standard, documentation).distributed();
  }

  private static List<WorkerKey> standalone() {
    return List.of(
        required("offset.storage.file.filename", ConfigDef.Type.STRING, "File of source offsets")
            .valid(filled())
            .in(Set.of(WorkerMode.STANDALONE)));
  }

  private static List<WorkerKey> removed() {
    return List.of(
        gone("internal.key.converter", JSON_ALWAYS),
        gone("internal.value.converter", JSON_ALWAYS),
        gone("rest.host.name", GONE + "use listeners"),
        gone("rest.port", GONE + "use listeners"),
        gone(
            "auto.include.jmx.reporter",
            GONE + "name org.apache.kafka.common.metrics.JmxReporter in metric.reporters"));
  }

  private static WorkerKey gone(String name, String why) {
    return optional(name, ConfigDef.Type.STRING, null, "").in(Set.of()).without(why);
  }
}
