package dev.millrace.worker;

import dev.millrace.model.restarts.RestartPolicy;
import dev.millrace.plugins.PluginDiscovery;
import dev.millrace.plugins.PluginScan;
import dev.millrace.worker.metrics.MetricsSettings;
import dev.millrace.worker.validation.WorkerView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/**
 * A worker's settings, by their Kafka Connect names (compat: worker config §2 to §4) and a few of
 * our own. Unknown keys are kept: clients, converters and providers find theirs among them.
 * Immutable.
 */
public final class WorkerSettings {

  public static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
  public static final String GROUP_ID = "group.id";
  public static final String LISTENERS = "listeners";
  public static final String PLUGIN_PATH = "plugin.path";
  public static final String PLUGIN_DISCOVERY = "plugin.discovery";
  public static final String KEY_CONVERTER = "key.converter";
  public static final String VALUE_CONVERTER = "value.converter";
  public static final String HEADER_CONVERTER = "header.converter";
  public static final String OFFSET_TOPIC = "offset.storage.topic";
  public static final String OFFSET_PARTITIONS = "offset.storage.partitions";
  public static final String OFFSET_REPLICATION = "offset.storage.replication.factor";
  public static final String FLUSH_INTERVAL = "offset.flush.interval.ms";
  public static final String FLUSH_TIMEOUT = "offset.flush.timeout.ms";
  public static final String STOP_TIMEOUT = "task.shutdown.graceful.timeout.ms";
  public static final String EXACTLY_ONCE = "exactly.once.source.support";
  public static final String IDLE_CLIENTS = "millrace.idle.clients.ms";
  public static final String JSON_ACCELERATED = "millrace.json.accelerated";
  public static final String TOPIC_CREATION = "topic.creation.enable";
  public static final String CONFIG_PROVIDERS = "config.providers";

  private static final Set<String> OFFSET_TOPIC_OWN =
      Set.of("topic", "partitions", "replication.factor", "file.filename", "cleanup.policy");

  /** Our own: the folder of the config log and of connectors' local state. */
  public static final String DATA_DIR = "millrace.data.dir";

  private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";
  private static final String SIMPLE = "org.apache.kafka.connect.storage.SimpleHeaderConverter";

  /** Name, type, default, constraint and documentation of every setting. */
  public static final ConfigDef DEFINITION =
      MetricsConfig.define(Reactions.define(new ConfigDef()))
          .define(
              BOOTSTRAP_SERVERS,
              ConfigDef.Type.LIST,
              Importance.HIGH,
              "Brokers of the Kafka cluster")
          .define(
              GROUP_ID,
              ConfigDef.Type.STRING,
              "millrace",
              Importance.HIGH,
              "Name of the worker cluster")
          .define(
              DATA_DIR,
              ConfigDef.Type.STRING,
              Importance.HIGH,
              "Folder of the config log and of connectors' local state")
          .define(
              LISTENERS,
              ConfigDef.Type.LIST,
              "http://127.0.0.1:8083",
              Importance.MEDIUM,
              "Addresses of the REST server")
          .define(PLUGIN_PATH, ConfigDef.Type.LIST, "", Importance.MEDIUM, "Folders of plugins")
          .define(
              PLUGIN_DISCOVERY,
              ConfigDef.Type.STRING,
              PluginDiscovery.HYBRID_WARN.toString(),
              ConfigDef.CaseInsensitiveValidString.in(
                  Arrays.stream(PluginDiscovery.values())
                      .map(PluginDiscovery::toString)
                      .toArray(String[]::new)),
              Importance.LOW,
              "How plugins are found: by service manifests, by scanning classes, or both")
          .define(
              KEY_CONVERTER,
              ConfigDef.Type.STRING,
              JSON,
              Importance.HIGH,
              "Default converter of keys")
          .define(
              VALUE_CONVERTER,
              ConfigDef.Type.STRING,
              JSON,
              Importance.HIGH,
              "Default converter of values")
          .define(
              HEADER_CONVERTER,
              ConfigDef.Type.STRING,
              SIMPLE,
              Importance.LOW,
              "Default converter of headers")
          .define(
              OFFSET_TOPIC,
              ConfigDef.Type.STRING,
              "millrace-offsets",
              Importance.HIGH,
              "Topic of source offsets")
          .define(
              OFFSET_PARTITIONS,
              ConfigDef.Type.INT,
              25,
              Importance.LOW,
              "Partitions of the offset topic")
          .define(
              OFFSET_REPLICATION,
              ConfigDef.Type.SHORT,
              (short) -1,
              Importance.LOW,
              "Replication factor of the offset topic; -1 is the broker's default")
          .define(
              FLUSH_INTERVAL,
              ConfigDef.Type.LONG,
              60_000L,
              ConfigDef.Range.atLeast(1),
              Importance.LOW,
              "Milliseconds between offset commits")
          .define(
              FLUSH_TIMEOUT,
              ConfigDef.Type.LONG,
              5_000L,
              ConfigDef.Range.atLeast(1),
              Importance.LOW,
              "Milliseconds that one offset commit may take")
          .define(
              STOP_TIMEOUT,
              ConfigDef.Type.LONG,
              5_000L,
              ConfigDef.Range.atLeast(1),
              Importance.LOW,
              "Milliseconds that tasks may take to stop")
          .define(
              IDLE_CLIENTS,
              ConfigDef.Type.LONG,
              60_000L,
              ConfigDef.Range.atLeast(1),
              Importance.LOW,
              "Milliseconds without anything to do after which Kafka clients are released")
          .define(
              JSON_ACCELERATED,
              ConfigDef.Type.BOOLEAN,
              true,
              Importance.LOW,
              "Whether a faster converter stands in for Kafka Connect's JsonConverter")
          .define(
              EXACTLY_ONCE,
              ConfigDef.Type.STRING,
              "disabled",
              ConfigDef.CaseInsensitiveValidString.in("disabled", "preparing", "enabled"),
              Importance.HIGH,
              "Whether sources write records and offsets in one transaction")
          .define(
              TOPIC_CREATION,
              ConfigDef.Type.BOOLEAN,
              true,
              Importance.LOW,
              "Whether sources with topic.creation.* settings may create topics")
          .define(
              CONFIG_PROVIDERS,
              ConfigDef.Type.LIST,
              "",
              Importance.LOW,
              "Names of config providers");

  private final AbstractConfig values;
  private final Map<String, String> originals;

  private WorkerSettings(Map<String, String> originals) {
    this.originals = Map.copyOf(originals);
    this.values = new AbstractConfig(DEFINITION, originals, false);
  }

  /**
   * The settings of a properties file or of the command line.
   *
   * @throws org.apache.kafka.common.config.ConfigException naming the first value that is missing
   *     or wrong
   */
  public static WorkerSettings of(Map<String, String> properties) {
    return new WorkerSettings(properties);
  }

  /** Everything as it was given, unknown keys too. */
  public Map<String, String> originals() {
    return originals;
  }

  public String bootstrapServers() {
    return String.join(",", values.getList(BOOTSTRAP_SERVERS));
  }

  public String groupId() {
    return values.getString(GROUP_ID);
  }

  public Path dataDir() {
    return Path.of(values.getString(DATA_DIR));
  }

  /**
   * How to find the plugins; what was found is kept in the data directory.
   *
   * @param parent the worker's own class loader
   */
  public PluginScan pluginScan(ClassLoader parent) {
    List<Path> path =
        values.getList(PLUGIN_PATH).stream().filter(e -> !e.isBlank()).map(Path::of).toList();
    return PluginScan.of(path, parent)
        .discovery(PluginDiscovery.of(values.getString(PLUGIN_DISCOVERY)))
        .indexedIn(dataDir().resolve("plugin-index"));
  }

  /** Class or alias under one of the three converter keys. */
  public String converter(String key) {
    return values.getString(key);
  }

  /** What validation has to know. */
  WorkerView view() {
    return new WorkerView(
        groupId(),
        exactlyOnceSources(),
        Map.of(
            KEY_CONVERTER, converter(KEY_CONVERTER),
            VALUE_CONVERTER, converter(VALUE_CONVERTER),
            HEADER_CONVERTER, converter(HEADER_CONVERTER)));
  }

  public String offsetTopic() {
    return values.getString(OFFSET_TOPIC);
  }

  public int offsetPartitions() {
    return values.getInt(OFFSET_PARTITIONS);
  }

  public short offsetReplication() {
    return values.getShort(OFFSET_REPLICATION);
  }

  /** Settings of the offset topic beyond those of Kafka Connect: {@code offset.storage.<other>}. */
  public Map<String, String> offsetTopicSettings() {
    var settings = withPrefix("offset.storage.");
    settings.keySet().removeAll(OFFSET_TOPIC_OWN);
    return settings;
  }

  public Duration flushInterval() {
    return Duration.ofMillis(values.getLong(FLUSH_INTERVAL));
  }

  public Duration flushTimeout() {
    return Duration.ofMillis(values.getLong(FLUSH_TIMEOUT));
  }

  /** After this long without records a client is released. */
  public Duration idleClients() {
    return Duration.ofMillis(values.getLong(IDLE_CLIENTS));
  }

  /**
   * How long a transaction may be open, by the timeout of the worker's producers: that, and the
   * broker's time to notice.
   */
  Duration longestTransaction() {
    String own = originals().getOrDefault("producer.transaction.timeout.ms", "60000");
    return Duration.ofMillis(Long.parseLong(own.strip())).plusSeconds(30);
  }

  public Duration stopTimeout() {
    return Duration.ofMillis(values.getLong(STOP_TIMEOUT));
  }

  public boolean exactlyOnceSources() {
    return "enabled".equalsIgnoreCase(values.getString(EXACTLY_ONCE));
  }

  /** Whether the stock JSON converter is accelerated. */
  public boolean jsonAccelerated() {
    return values.getBoolean(JSON_ACCELERATED);
  }

  public boolean topicCreation() {
    return values.getBoolean(TOPIC_CREATION);
  }

  /** Whether failed work is restarted by itself, where its connector does not say. */
  public RestartPolicy restarts() {
    return Reactions.restarts(values);
  }

  /** After this long a call of plugin code that has not returned is reported; zero for never. */
  Duration stalledAfter() {
    return Reactions.stalledAfter(values);
  }

  /** How metrics are sampled and told. */
  public MetricsSettings metrics() {
    return MetricsConfig.of(values, groupId());
  }

  public List<String> configProviders() {
    return values.getList(CONFIG_PROVIDERS);
  }

  /** The settings under a prefix, without it. */
  public Map<String, String> withPrefix(String prefix) {
    return Prefixed.of(originals, prefix);
  }

  /** Settings by prefix. */
  static final class Prefixed {
    private Prefixed() {}

    static Map<String, String> of(Map<String, String> settings, String prefix) {
      var found = new LinkedHashMap<String, String>();
      settings.forEach(
          (key, value) -> {
            if (key.startsWith(prefix)) found.put(key.substring(prefix.length()), value);
          });
      return found;
    }
  }
}
