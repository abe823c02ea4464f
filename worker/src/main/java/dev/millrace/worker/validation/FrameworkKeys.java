package dev.millrace.worker.validation;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.CaseInsensitiveValidString;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/**
 * The framework's keys of source and sink connectors (compat: connector config §1 to §3), each
 * declared here once. Those that name plugins depend on the plugins there are and come from {@link
 * PluginKeys}. Stateless.
 */
public final class FrameworkKeys {

  public static final String NAME = "name";
  public static final String CLASS = "connector.class";
  public static final String VERSION = "connector.plugin.version";
  public static final String TASKS_MAX = "tasks.max";
  public static final String TASKS_MAX_ENFORCE = "tasks.max.enforce";
  public static final String TRANSFORMS = "transforms";
  public static final String PREDICATES = "predicates";
  public static final String TOPICS = "topics";
  public static final String TOPICS_REGEX = "topics.regex";
  public static final String DLQ_TOPIC = "errors.deadletterqueue.topic.name";
  public static final String DLQ_REPLICATION = "errors.deadletterqueue.topic.replication.factor";
  public static final String DLQ_HEADERS = "errors.deadletterqueue.context.headers.enable";
  public static final String EXACTLY_ONCE = "exactly.once.support";
  public static final String BOUNDARY = "transaction.boundary";
  public static final String OFFSETS_TOPIC = "offsets.storage.topic";

  /** Ours, and therefore in no answer of validation unless it is wrong. */
  public static final String PUT_BISECT = "errors.put.bisect";

  /** Keys that mark a connector as part of a topology; without meaning for Kafka Connect. */
  public static final Set<String> MARKS = Set.of("topology.name", "topology.stage");

  static final String COMMON = "Common";
  private static final String ERRORS = "Error Handling";
  private static final String BOUNDARIES = "Exactly Once Support";
  private static final Object REQUIRED = ConfigDef.NO_DEFAULT_VALUE;

  private FrameworkKeys() {}

  /** Keys of source connectors, ours too, without those that name plugins. */
  public static ConfigDef source() {
    return withDeadLetters(withSource(common(new ConfigDef(), new ConfigDef())));
  }

  /**
   * Keys of source connectors that Kafka Connect does not have: validated and honoured when they
   * are set, but no part of the definition that clients are shown, since some compare it.
   */
  static ConfigDef ownSource() {
    return PipelineKeys.define(RestartKeys.define(withDeadLetters(new ConfigDef())));
  }

  /** Keys of sink connectors, without those that name plugins. */
  public static ConfigDef sink() {
    return withSink(common(new ConfigDef(), new ConfigDef()));
  }

  /**
   * Keys of every connector.
   *
   * @param version the connector's version
   * @param converters the converters' classes and versions
   */
  static ConfigDef common(ConfigDef version, ConfigDef converters) {
    var keys = new ConfigDef();
    define(
        keys,
        NAME,
        of(ConfigDef.Type.STRING, REQUIRED, new ConfigDef.NonEmptyStringWithoutControlChars()),
        Importance.HIGH,
        at(COMMON, 1, Width.MEDIUM, "Connector name"),
        "Name of the connector; unique in the cluster.");
    define(
        keys,
        CLASS,
        of(ConfigDef.Type.STRING, REQUIRED),
        Importance.HIGH,
        at(COMMON, 2, Width.LONG, "Connector class"),
        "Class of the connector: full name, simple name, or alias.");
    addAll(keys, version);
    define(
        keys,
        TASKS_MAX,
        of(ConfigDef.Type.INT, 1, Range.atLeast(1)),
        Importance.HIGH,
        at(COMMON, 4, Width.SHORT, "Tasks max"),
        "How many tasks the connector may have.");
    define(
        keys,
        TASKS_MAX_ENFORCE,
        of(ConfigDef.Type.BOOLEAN, true),
        Importance.LOW,
        at(COMMON, 5, Width.SHORT, "Enforce tasks max"),
        "Whether more tasks than tasks.max are an error.");
    addAll(keys, converters);
    define(
        keys,
        TRANSFORMS,
        of(ConfigDef.Type.LIST, "", aliases()),
        Importance.LOW,
        at("Transforms", 12, Width.LONG, "Transforms"),
        "Aliases of the transformations, in the order they are applied.");
    define(
        keys,
        PREDICATES,
        of(ConfigDef.Type.LIST, "", aliases()),
        Importance.LOW,
        at("Predicates", 13, Width.LONG, "Predicates"),
        "Aliases of the predicates that transformations refer to.");
    define(
        keys,
        "config.action.reload",
        of(ConfigDef.Type.STRING, "restart", ValidString.in("none", "restart")),
        Importance.LOW,
        at(COMMON, 14, Width.MEDIUM, "Reload Action"),
        "What to do when a value of a config provider expires.");
    return withErrors(keys);
  }

  private static ConfigDef withErrors(ConfigDef keys) {
    define(
        keys,
        "errors.retry.timeout",
        of(ConfigDef.Type.LONG, 0),
        Importance.MEDIUM,
        at(ERRORS, 1, Width.MEDIUM, "Retry Timeout for Errors"),
        "Milliseconds for which a failed operation is repeated; -1 is for ever.");
    define(
        keys,
        "errors.retry.delay.max.ms",
        of(ConfigDef.Type.LONG, 60_000),
        Importance.MEDIUM,
        at(ERRORS, 2, Width.MEDIUM, "Maximum Delay Between Retries for Errors"),
        "Longest pause in milliseconds between two attempts.");
    define(
        keys,
        "errors.tolerance",
        of(ConfigDef.Type.STRING, "none", ValidString.in("none", "all")),
        Importance.MEDIUM,
        at(ERRORS, 3, Width.SHORT, "Error Tolerance"),
        "Whether records that fail are skipped (all) or fail the task (none).");
    define(
        keys,
        "errors.log.enable",
        of(ConfigDef.Type.BOOLEAN, false),
        Importance.MEDIUM,
        at(ERRORS, 4, Width.SHORT, "Log Errors"),
        "Whether failed operations are logged.");
    define(
        keys,
        "errors.log.include.messages",
        of(ConfigDef.Type.BOOLEAN, false),
        Importance.MEDIUM,
        at(ERRORS, 5, Width.SHORT, "Log Error Details"),
        "Whether the log shows the records, too.");
    return keys;
  }

  /** Adds the keys that only sources have. */
  static ConfigDef withSource(ConfigDef keys) {
    define(
        keys,
        "topic.creation.groups",
        of(ConfigDef.Type.LIST, "", aliases()),
        Importance.LOW,
        at("Topic Creation", 1, Width.LONG, "Topic Creation Groups"),
        "Groups of topics that are created with settings of their own.");
    define(
        keys,
        EXACTLY_ONCE,
        of(
            ConfigDef.Type.STRING,
            "requested",
            CaseInsensitiveValidString.in("required", "requested")),
        Importance.MEDIUM,
        at(BOUNDARIES, 2, Width.SHORT, "Exactly once support"),
        "Whether the connector is refused when exactly-once cannot be had.");
    define(
        keys,
        BOUNDARY,
        of(
            ConfigDef.Type.STRING,
            "poll",
            CaseInsensitiveValidString.in("poll", "interval", "connector")),
        Importance.MEDIUM,
        at(BOUNDARIES, 3, Width.SHORT, "Transaction Boundary"),
        "When transactions are committed: after each poll, by time, or as the connector says.");
    define(
        keys,
        "transaction.boundary.interval.ms",
        of(ConfigDef.Type.LONG, null, FrameworkKeys::notNegative),
        Importance.LOW,
        at(BOUNDARIES, 4, Width.SHORT, "Transaction boundary interval"),
        "Milliseconds between commits for the boundary interval.");
    define(
        keys,
        OFFSETS_TOPIC,
        of(ConfigDef.Type.STRING, null, new ConfigDef.NonEmptyString()),
        Importance.LOW,
        at("offsets.topic", 1, Width.LONG, "Offsets topic"),
        "Topic of this connector's offsets; without it the worker's.");
    return keys;
  }

  /** Adds the keys that only sinks have. */
  static ConfigDef withSink(ConfigDef keys) {
    define(
        keys,
        TOPICS,
        of(ConfigDef.Type.LIST, "", ConfigDef.ValidList.anyNonDuplicateValues(true, false)),
        Importance.HIGH,
        at(COMMON, 4, Width.LONG, "Topics"),
        "Topics to read.");
    define(
        keys,
        TOPICS_REGEX,
        of(ConfigDef.Type.STRING, "", FrameworkKeys::regex),
        Importance.HIGH,
        at(COMMON, 4, Width.LONG, "Topics regex"),
        "Regular expression of the topics to read.");
    return withDeadLetters(keys);
  }

  /** The same of sink connectors. */
  static ConfigDef ownSink() {
    return PipelineKeys.define(RestartKeys.define(new ConfigDef()))
        .define(
            PUT_BISECT,
            ConfigDef.Type.BOOLEAN,
            false,
            Importance.LOW,
            "Whether a batch that fails is put again in halves.");
  }

  private static ConfigDef withDeadLetters(ConfigDef keys) {
    define(
        keys,
        DLQ_TOPIC,
        of(ConfigDef.Type.STRING, ""),
        Importance.MEDIUM,
        at(ERRORS, 6, Width.MEDIUM, "Dead Letter Queue Topic Name"),
        "Topic for records that fail; blank for none.");
    define(
        keys,
        DLQ_REPLICATION,
        of(ConfigDef.Type.SHORT, (short) 3),
        Importance.MEDIUM,
        at(ERRORS, 7, Width.MEDIUM, "Dead Letter Queue Topic Replication Factor"),
        "Copies of that topic when it is created.");
    define(
        keys,
        DLQ_HEADERS,
        of(ConfigDef.Type.BOOLEAN, false),
        Importance.MEDIUM,
        at(ERRORS, 8, Width.MEDIUM, "Enable Error Context Headers"),
        "Whether headers say why and where a record failed.");
    return keys;
  }

  /**
   * What a key holds.
   *
   * @param byDefault {@link ConfigDef#NO_DEFAULT_VALUE} for a required key
   * @param rule null when every value of the type is right
   */
  record Content(ConfigDef.Type type, Object byDefault, ConfigDef.Validator rule) {}

  /** Where a form shows a key, and under which label. */
  record Place(String group, int order, Width width, String label) {}

  static Content of(ConfigDef.Type type, Object byDefault) {
    return new Content(type, byDefault, null);
  }

  static Content of(ConfigDef.Type type, Object byDefault, ConfigDef.Validator rule) {
    return new Content(type, byDefault, rule);
  }

  static Place at(String group, int order, Width width, String label) {
    return new Place(group, order, width, label);
  }

  private static void define(
      ConfigDef keys,
      String name,
      Content content,
      Importance importance,
      Place place,
      String text) {
    define(keys, name, content, importance, place, text, null);
  }

  /** Defines a key with a recommender, which may be null. */
  static void define(
      ConfigDef keys,
      String name,
      Content content,
      Importance importance,
      Place place,
      String text,
      ConfigDef.Recommender recommender) {
    keys.define(
        name,
        content.type(),
        content.byDefault(),
        content.rule(),
        importance,
        text,
        place.group(),
        place.order(),
        place.width(),
        place.label(),
        recommender);
  }

  private static void addAll(ConfigDef keys, ConfigDef more) {
    more.configKeys().values().forEach(keys::define);
  }

  private static ConfigDef.Validator aliases() {
    return (name, value) -> {
      if (value == null) throw new ConfigException(name, null, "entry must be non null");
      var all = (List<?>) value;
      if (new HashSet<>(all).size() < all.size()) {
        throw new ConfigException(name, value, "Duplicate alias provided.");
      }
    };
  }

  private static void notNegative(String name, Object value) {
    if (value != null) Range.atLeast(0).ensureValid(name, value);
  }

  private static void regex(String name, Object value) {
    try {
      if (value != null) Pattern.compile((String) value);
    } catch (PatternSyntaxException e) {
      throw new ConfigException(name, value, "Invalid regex: " + e.getMessage());
    }
  }

  /** The elements of a list as Kafka reads it, empty ones too; none when there is no such key. */
  static List<?> list(Map<String, String> config, String name) {
    var value = config.get(name);
    return value == null
        ? List.of()
        : (List<?>) ConfigDef.parseType(name, value, ConfigDef.Type.LIST);
  }
}
