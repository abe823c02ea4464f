package dev.millrace.structure;

import static java.util.Map.entry;

import java.util.Map;

/**
 * The classes that may do what others may not, each with the reason. Names are below {@code
 * dev.millrace.}; whoever does not need its permit any more loses it, a test sees to that.
 */
final class Permits {
  private Permits() {}

  /** Starting threads, or making executors that do. */
  static final Map<String, String> THREADS =
      Map.ofEntries(
          entry("kafka.EmbeddedKafka", "starts and stops Kafka's server with a deadline"),
          entry("kafka.EmbeddedKafkaMain", "a program: the thread of its shutdown hook"),
          entry(
              "kafka.Lane", "the thread of an offset store that reads, or writes; ends when idle"),
          entry("kafka.TopicTail", "the thread that reads a topic"),
          entry("kafka.config.FileConfigLog", "the config log's only thread"),
          entry("kafka.config.TopicWriter", "the thread that writes the config topic"),
          entry("kafka.group.Group", "speaks with the coordinator, and watches the contact"),
          entry("kafka.status.LatestWriter", "the thread that writes the status topic"),
          entry("plugins.VersionAsker", "asks plugins for their versions, which may hang"),
          entry("worker.Crew", "stop deadlines, and cutting off what does not stop"),
          entry("worker.SecretExpiry", "restarts when secrets expire; asks providers, which hang"),
          entry("worker.HelperThreads", "help a task's thread; end when idle"),
          entry("worker.Shell", "the control thread, and the one that closes a dead worker"),
          entry("worker.SlowSinks", "polls in place of sink tasks that are busy for long"),
          entry("worker.listing.CatalogListing", "asks plugins for their settings, which may hang"),
          entry("worker.offsets.PluginCall", "tells connectors of changed offsets, which may hang"),
          entry(
              "worker.threads.LentThreads",
              "work and validations run plugin code, which may hang; kept for a while"),
          entry("worker.WorkFactory", "calls beside a task's thread, such as its commit()"),
          entry(
              "worker.cluster.FenceRounds", "asks Kafka to fence tasks, beside the control thread"),
          entry("worker.ClusterLookup", "looks the cluster's id up without delaying the start"),
          entry("worker.Closing", "closes providers and policies, which hang"),
          entry("worker.OffsetStores", "closes offset stores side by side"),
          entry(
              "worker.metrics.WorkerMetrics",
              "reads counters and closes reporters, which are others' code"),
          entry("worker.metrics.PluginGauges", "reads metrics of plugins, whose code may hang"),
          entry(
              "connectors.processor.StreamsRun",
              "waits for topics, starts Kafka Streams, watches whether it is polled"));

  /** Monitors; everybody else confines, or uses java.util.concurrent. */
  static final Map<String, String> MONITORS =
      Map.of(
          "plugins.PluginClassLoader", "the class loading lock is a monitor",
          "servers.MariaDbServer", "short changes of one process handle",
          "servers.PostgresServer", "short changes of one process handle",
          "worker.Post", "each piece of work is guarded by itself");

  /** The clock; everybody else is given the time. */
  static final Map<String, String> CLOCK =
      Map.ofEntries(
          entry("kafka.HeldPorts", "how long a former server's port is looked at"),
          entry("kafka.KafkaOffsetStore", "deadline of a read"),
          entry("kafka.OffsetTail", "deadline of a read"),
          entry("kafka.Reminder", "how long ago a trouble was said"),
          entry("kafka.TopicWatch", "when a topic is looked at again"),
          entry("kafka.Topics", "deadlines of admin calls"),
          entry("plugins.PluginCatalog", "says in the log how long a scan took"),
          entry("servers.Await", "deadline of a start or stop"),
          entry("worker.Shell", "the time the control core is given"),
          entry("worker.Worker", "when it began, for whoever waits for it"),
          entry("worker.LeaderWait", "deadline of a request"),
          entry("worker.StartWait", "deadline of a request"),
          entry("worker.WorkFactory", "the time the engine is given"),
          entry(
              "connectors.jdbc.JdbcSourceTask",
              "poll intervals and back-off; plugins are given no clock"),
          entry("connectors.jdbc.SourceSettings", "timestamp.initial=-1 means now"));

  /** Sleeping. */
  static final Map<String, String> SLEEP =
      Map.of(
          "kafka.HeldPorts", "looks at a former server's port until it is free",
          "kafka.Topics", "pause between attempts to create or find a topic",
          "servers.Await", "looks at a server's log or port until it is there");

  /** What belongs to the process: its end, environment and hooks. Beside the module cli. */
  static final Map<String, String> PROCESS =
      Map.of("kafka.EmbeddedKafkaMain", "a program of its own: stops Kafka when asked to end");
}
