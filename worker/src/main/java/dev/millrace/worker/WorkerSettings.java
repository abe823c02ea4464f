package dev.millrace.worker;

import dev.millrace.model.restarts.RestartPolicy;
import dev.millrace.plugins.PluginDiscovery;
import dev.millrace.plugins.PluginScan;
import dev.millrace.worker.keys.SettingsCheck;
import dev.millrace.worker.keys.WorkerKeys;
import dev.millrace.worker.keys.WorkerMode;
import dev.millrace.worker.metrics.MetricsSettings;
import dev.millrace.worker.validation.WorkerView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.AbstractConfig;

/**
 * A worker's settings, by their Kafka Connect names (compat: worker config §2 to §5) and a few of
 * our own; {@link WorkerKeys} declares them. Unknown keys are kept: clients, converters and
 * providers find theirs among them. Immutable.
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
  public static final String OFFSET_FILE = "offset.storage.file.filename";
  public static final String OFFSET_PARTITIONS = "offset.storage.partitions";
  public static final String OFFSET_REPLICATION = "offset.storage.replication.factor";
  public static final String FLUSH_INTERVAL = "offset.flush.interval.ms";
  public static final String FLUSH_TIMEOUT = "offset.flush.timeout.ms";
  public static final String STOP_TIMEOUT = "task.shutdown.graceful.timeout.ms";
  public static final String EXACTLY_ONCE = "exactly.once.source.support";
  public static final String IDLE_CLIENTS = "millrace.idle.clients.ms";
  public static final String RESTART_HOLD = "millrace.restart.hold.ms";
  public static final String JSON_ACCELERATED = "millrace.json.accelerated";
  public static final String TOPIC_CREATION = "topic.creation.enable";
  public static final String CONFIG_PROVIDERS = "config.providers";

  private static final Set<String> OFFSET_TOPIC_OWN =
      Set.of("topic", "partitions", "replication.factor", "file.filename", "cleanup.policy");

  /** Our own: the folder of the config log and of connectors' local state. */
  public static final String DATA_DIR = "millrace.data.dir";

  private static final Set<String> READ_RAW = Set.of(PLUGIN_PATH, PLUGIN_DISCOVERY);

  private final WorkerMode mode;
  private final Map<String, String> originals;
  private final boolean temporary;
  private final AbstractConfig values;
  private final Set<String> secret;

  /** All but {@code values} of the settings. */
  private record Given(WorkerMode mode, Map<String, String> originals, boolean temporary) {}

  private WorkerSettings(Given given, Map<String, String> readable, Set<String> secret) {
    this.mode = given.mode();
    this.originals = Map.copyOf(given.originals());
    this.temporary = given.temporary();
    this.secret = Set.copyOf(secret);
    var definition = WorkerKeys.definition(mode);
    SettingsCheck.require(definition, readable, secret);
    var read = new HashMap<>(readable);
    read.remove(CONFIG_PROVIDERS); // else Kafka's class resolves again, in its own way
    this.values = new AbstractConfig(definition, read, false);
  }

  /**
   * The settings of a properties file or of the command line; their keys tell the mode. Values with
   * placeholders of the file's own config providers are looked at when a worker has resolved them.
   * The map stays the caller's.
   *
   * @throws dev.millrace.worker.keys.SettingsException naming all that is missing or wrong
   */
  public static WorkerSettings of(Map<String, String> properties) {
    return of(properties, WorkerMode.of(properties));
  }

  /** The same for a mode that is known. */
  public static WorkerSettings of(Map<String, String> properties, WorkerMode mode) {
    var all = new HashMap<>(properties);
    all.values().removeIf(Objects::isNull);
    boolean temporary = false;
    if (mode != WorkerMode.ALONE && !all.containsKey(DATA_DIR)) {
      var place = DataFolder.of(all);
      all.put(DATA_DIR, place.path().toString());
      temporary = place.temporary();
    }
    return new WorkerSettings(
        new Given(mode, all, temporary), withoutPlaceholders(all, mode), Set.of());
  }

  /** What can be read before anything is resolved; required texts stay as they are. */
  private static Map<String, String> withoutPlaceholders(Map<String, String> all, WorkerMode mode) {
    var keys = WorkerKeys.definition(mode).configKeys();
    var readable = new HashMap<>(all);
    for (String key : SettingsCheck.withPlaceholders(all, providers(all))) {
      if (keys.containsKey(key) && keys.get(key).hasDefault()) readable.remove(key);
    }
    return readable;
  }

  private static List<String> providers(Map<String, String> all) {
    return ConnectorSettings.list(all.get(CONFIG_PROVIDERS));
  }

  /**
   * These settings with placeholders replaced, other than in what is read before there are
   * providers.
   */
  WorkerSettings resolved(UnaryOperator<Map<String, String>> replace) {
    var secret = SettingsCheck.withPlaceholders(originals, configProviders());
    if (secret.isEmpty()) return this;
    var asked = new HashMap<>(originals);
    asked.keySet().retainAll(secret);
    asked.keySet().removeIf(WorkerSettings::isRaw);
    var all = new HashMap<>(originals);
    all.putAll(replace.apply(asked));
    return new WorkerSettings(new Given(mode, all, temporary), all, secret);
  }

  private static boolean isRaw(String key) {
    return READ_RAW.contains(key) || key.startsWith(CONFIG_PROVIDERS);
  }

  /** Which of Kafka Connect's modes, or none. */
  public WorkerMode mode() {
    return mode;
  }

  /** Whether the data directory was made for this worker and goes with it. */
  boolean temporaryDataDir() {
    return temporary;
  }

  /** The settings in use, a line each, for the log; secrets are masked. */
  List<String> shown() {
    return WorkerKeys.shown(mode, values, secret);
  }

  /** What is to be said of keys that are unknown or have no meaning here. */
  public List<String> remarks() {
    return WorkerKeys.remarks(originals.keySet(), mode);
  }

  /** Everything as it was given, unknown keys too. */
  public Map<String, String> originals() {
    return originals;
  }

  public String bootstrapServers() {
    return String.join(",", values.getList(BOOTSTRAP_SERVERS));
  }

  /** Empty for a standalone worker, which is in no group. */
  public String groupId() {
    return mode == WorkerMode.STANDALONE ? "" : values.getString(GROUP_ID);
  }

  public Path dataDir() {
    return Path.of(values.getString(DATA_DIR));
  }

  /**
   * How to find the plugins; what was found is kept in the data directory, or for workers whose
   * data directory goes with them, in a folder that they share.
   *
   * @param parent the worker's own class loader
   */
  public PluginScan pluginScan(ClassLoader parent) {
    List<Path> path = pluginPath().stream().filter(e -> !e.isBlank()).map(Path::of).toList();
    return PluginScan.of(path, parent)
        .discovery(PluginDiscovery.of(values.getString(PLUGIN_DISCOVERY)))
        .indexedIn((temporary ? DataFolder.workers() : dataDir()).resolve("plugin-index"));
  }

  private List<String> pluginPath() {
    List<String> given = values.getList(PLUGIN_PATH);
    return given == null ? List.of() : given;
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

  /** The file of source offsets of a standalone worker. */
  public Path offsetFile() {
    return Path.of(values.getString(OFFSET_FILE));
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

  /** For how long others hold this worker's work when it is stopped; zero: not at all. */
  Duration restartHold() {
    return mode == WorkerMode.DISTRIBUTED
        ? Duration.ofMillis(values.getLong(RESTART_HOLD))
        : Duration.ZERO;
  }

  /** Standalone workers cannot. */
  public boolean exactlyOnceSources() {
    return mode != WorkerMode.STANDALONE
        && "enabled".equalsIgnoreCase(values.getString(EXACTLY_ONCE));
  }

  /** Whether the stock JSON converter is accelerated. */
  public boolean jsonAccelerated() {
    return values.getBoolean(JSON_ACCELERATED);
  }

  /** Whether the topics that connectors use are told. */
  public boolean topicTracking() {
    return values.getBoolean("topic.tracking.enable");
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
    return providers(originals);
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
