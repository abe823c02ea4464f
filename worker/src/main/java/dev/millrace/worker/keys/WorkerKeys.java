package dev.millrace.worker.keys;

import dev.millrace.model.Nearest;
import dev.millrace.worker.validation.RestartKeys;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Every key of a worker's file: the one place where they are declared. The definition of settings,
 * what is said at the start and {@code docs/worker.md} come from here. Stateless.
 */
public final class WorkerKeys {

  /** What begins so is for clients, converters, providers, topics or metrics. */
  public static final List<String> PREFIXES =
      List.of(
          "producer.",
          "consumer.",
          "admin.",
          "key.converter.",
          "value.converter.",
          "header.converter.",
          "config.providers.",
          "config.storage.",
          "offset.storage.",
          "status.storage.",
          "listeners.https.",
          "admin.listeners.https.",
          "metrics.context.");

  private static final List<String> REMOVED_PREFIXES =
      List.of("internal.key.converter.", "internal.value.converter.");

  private static final Map<String, WorkerKey> KEYS = table();

  /** Defaults of a worker that is alone, where they differ from Kafka Connect's. */
  private static final Map<String, Object> ALONE =
      Map.of(
          "group.id", "millrace",
          "key.converter", "org.apache.kafka.connect.json.JsonConverter",
          "value.converter", "org.apache.kafka.connect.json.JsonConverter",
          "config.storage.topic", "",
          "status.storage.topic", "",
          "offset.storage.topic", "millrace-offsets",
          "offset.storage.replication.factor", (short) -1,
          "millrace.data.dir", ConfigDef.NO_DEFAULT_VALUE);

  private static final Set<String> MAY_BE_EMPTY_ALONE =
      Set.of("config.storage.topic", "status.storage.topic");

  private WorkerKeys() {}

  private static Map<String, WorkerKey> table() {
    var keys = new LinkedHashMap<String, WorkerKey>();
    Stream.of(CommonKeys.all(), ClusterKeys.all(), restarts(), security())
        .flatMap(List::stream)
        .forEach(key -> keys.put(key.name(), key));
    return keys;
  }

  /** Those that workers and connectors have in common. */
  private static List<WorkerKey> restarts() {
    return RestartKeys.define(new ConfigDef()).configKeys().values().stream()
        .map(
            key ->
                WorkerKey.optional(key.name, key.type, key.defaultValue, key.documentation)
                    .valid(key.validator))
        .toList();
  }

  /** Those of Kafka's clients, as its library declares them (compat: worker config §6, §7). */
  private static List<WorkerKey> security() {
    var tls = new ConfigDef().withClientSslSupport();
    var sasl = new ConfigDef().withClientSaslSupport();
    return Stream.concat(
            tls.configKeys().values().stream().map(WorkerKeys::ofLibrary),
            sasl.configKeys().values().stream()
                .map(WorkerKeys::ofLibrary)
                .map(WorkerKey::distributed))
        .toList();
  }

  private static WorkerKey ofLibrary(ConfigDef.ConfigKey key) {
    return WorkerKey.optional(
            key.name, key.type, key.defaultValue, "As in Kafka's clients (" + key.name + ")")
        .valid(key.validator);
  }

  /** All keys in their order. */
  public static Collection<WorkerKey> all() {
    return KEYS.values();
  }

  /** The settings of a mode in the form that parses and checks them. */
  public static ConfigDef definition(WorkerMode mode) {
    var definition = new ConfigDef();
    KEYS.values().stream()
        .filter(key -> key.defined(mode))
        .forEach(
            key ->
                definition.define(
                    key.name(),
                    key.type(),
                    standard(key, mode),
                    validator(key, mode),
                    key.importance(),
                    key.documentation()));
    return definition;
  }

  /**
   * Some of the settings in the form that parses and checks them, with Kafka Connect's defaults.
   */
  public static ConfigDef definition(List<String> names) {
    var definition = new ConfigDef();
    for (String name : names) {
      var key = KEYS.get(name);
      definition.define(
          name, key.type(), key.standard(), key.validator(), key.importance(), key.documentation());
    }
    return definition;
  }

  private static Object standard(WorkerKey key, WorkerMode mode) {
    return mode == WorkerMode.ALONE && ALONE.containsKey(key.name())
        ? ALONE.get(key.name())
        : key.standard();
  }

  private static ConfigDef.Validator validator(WorkerKey key, WorkerMode mode) {
    boolean free = mode == WorkerMode.ALONE && MAY_BE_EMPTY_ALONE.contains(key.name());
    return free ? null : key.validator();
  }

  /**
   * The settings of a mode as they are in use, a line each; passwords are masked.
   *
   * @param secret keys whose values came from placeholders and are not shown
   */
  public static List<String> shown(WorkerMode mode, AbstractConfig values, Set<String> secret) {
    return definition(mode).configKeys().values().stream()
        .map(
            key ->
                "%s = %s"
                    .formatted(
                        key.name,
                        secret.contains(key.name)
                            ? "[from a config provider]"
                            : ConfigDef.convertToString(values.values().get(key.name), key.type)))
        .sorted()
        .toList();
  }

  /**
   * What is to be said of keys that a worker of this mode makes nothing of, one sentence each.
   * Never holds a value.
   */
  public static List<String> remarks(Set<String> given, WorkerMode mode) {
    return new TreeSet<>(given).stream().flatMap(name -> remark(name, mode).stream()).toList();
  }

  /** The same for one key; empty when it is honoured, or passed to others by its prefix. */
  public static Optional<String> remark(String name, WorkerMode mode) {
    var key = KEYS.get(name);
    if (key != null) {
      return key.idle(mode)
          .map(why -> "The setting %s has no meaning here: %s".formatted(name, why));
    }
    for (String prefix : REMOVED_PREFIXES) {
      if (name.startsWith(prefix)) return remark(prefix.substring(0, prefix.length() - 1), mode);
    }
    return passedOn(name) ? Optional.empty() : Optional.of(unknown(name));
  }

  private static boolean passedOn(String name) {
    return PREFIXES.stream().anyMatch(name::startsWith) || ofClients(name);
  }

  /** The worker's own clients take all settings there are. */
  private static boolean ofClients(String name) {
    return ProducerConfig.configNames().contains(name)
        || ConsumerConfig.configNames().contains(name)
        || AdminClientConfig.configNames().contains(name);
  }

  private static String unknown(String name) {
    return "The setting %s is not known and only passed on to Kafka clients and plugins%s"
        .formatted(
            name,
            Nearest.match(name, KEYS.keySet())
                .map(near -> "; is %s meant?".formatted(near))
                .orElse(""));
  }
}
