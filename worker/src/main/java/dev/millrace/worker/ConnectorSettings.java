package dev.millrace.worker;

import dev.millrace.engine.sink.Topics;
import dev.millrace.engine.source.TransactionBoundary;
import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Tolerance;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;

/**
 * The framework's settings of one connector (compat: connector config §1 to §4). Immutable. Reading
 * a value throws {@link ConfigException} when it is wrong.
 */
final class ConnectorSettings {

  static final String NAME = "name";
  static final String CLASS = "connector.class";
  static final String VERSION = "connector.plugin.version";
  static final String TASKS_MAX = "tasks.max";
  static final String TASKS_MAX_ENFORCE = "tasks.max.enforce";
  static final String TRANSFORMS = "transforms";
  static final String PREDICATES = "predicates";
  static final String OFFSETS_TOPIC = "offsets.storage.topic";
  static final String TOPICS = "topics";
  static final String TOPICS_REGEX = "topics.regex";

  /** Ours, and therefore in no ConfigDef: answers of validation list Kafka Connect's keys only. */
  static final String PUT_BISECT = "errors.put.bisect";

  private static final String DLQ = "errors.deadletterqueue.";

  /** Keys that name a plugin's own settings by prefix. */
  static final List<String> PREFIXES =
      List.of(
          "transforms.",
          "predicates.",
          "key.converter.",
          "value.converter.",
          "header.converter.",
          "producer.override.",
          "consumer.override.",
          "admin.override.",
          "topic.creation.");

  /** Keys that mark a connector as part of a topology; without meaning for Kafka Connect. */
  static final Set<String> MARKS = Set.of("topology.name", "topology.stage");

  private final Map<String, String> config;
  private final AbstractConfig values;

  private ConnectorSettings(ConfigDef definition, Map<String, String> config) {
    this.config = config;
    this.values = new AbstractConfig(definition, config, false);
  }

  static ConnectorSettings source(Map<String, String> config) {
    return new ConnectorSettings(deadLetterDefinition(sourceDefinition()), config);
  }

  static ConnectorSettings sink(Map<String, String> config) {
    return new ConnectorSettings(sinkDefinition(), config);
  }

  private static ConfigDef common() {
    return new ConfigDef()
        .define(
            NAME,
            ConfigDef.Type.STRING,
            ConfigDef.NO_DEFAULT_VALUE,
            ConfigDef.CompositeValidator.of(
                new ConfigDef.NonEmptyString(), new ConfigDef.NonEmptyStringWithoutControlChars()),
            Importance.HIGH,
            "Connector name")
        .define(CLASS, ConfigDef.Type.STRING, Importance.HIGH, "Connector class")
        .define(VERSION, ConfigDef.Type.STRING, null, Importance.MEDIUM, "Connector version")
        .define(TASKS_MAX, ConfigDef.Type.INT, 1, Range.atLeast(1), Importance.HIGH, "Most tasks")
        .define(
            TASKS_MAX_ENFORCE, ConfigDef.Type.BOOLEAN, true, Importance.LOW, "Enforce tasks.max")
        .define("key.converter", ConfigDef.Type.STRING, null, Importance.LOW, "Key converter")
        .define(
            "key.converter.plugin.version",
            ConfigDef.Type.STRING,
            null,
            Importance.LOW,
            "Its version")
        .define("value.converter", ConfigDef.Type.STRING, null, Importance.LOW, "Value converter")
        .define(
            "value.converter.plugin.version",
            ConfigDef.Type.STRING,
            null,
            Importance.LOW,
            "Its version")
        .define("header.converter", ConfigDef.Type.STRING, null, Importance.LOW, "Header converter")
        .define(
            "header.converter.plugin.version",
            ConfigDef.Type.STRING,
            null,
            Importance.LOW,
            "Its version")
        .define(TRANSFORMS, ConfigDef.Type.LIST, "", Importance.LOW, "Transformations")
        .define(PREDICATES, ConfigDef.Type.LIST, "", Importance.LOW, "Predicates")
        .define(
            "config.action.reload",
            ConfigDef.Type.STRING,
            "restart",
            ValidString.in("none", "restart"),
            Importance.LOW,
            "What to do when a secret expires")
        .define("errors.retry.timeout", ConfigDef.Type.LONG, 0L, Importance.MEDIUM, "Retry time")
        .define(
            "errors.retry.delay.max.ms",
            ConfigDef.Type.LONG,
            60_000L,
            Importance.MEDIUM,
            "Longest delay")
        .define(
            "errors.tolerance",
            ConfigDef.Type.STRING,
            "none",
            ValidString.in("none", "all"),
            Importance.MEDIUM,
            "Whether bad records are skipped")
        .define("errors.log.enable", ConfigDef.Type.BOOLEAN, false, Importance.MEDIUM, "Log errors")
        .define(
            "errors.log.include.messages",
            ConfigDef.Type.BOOLEAN,
            false,
            Importance.MEDIUM,
            "Log records");
  }

  /** Framework keys of source connectors, those that Kafka Connect has. */
  static ConfigDef sourceDefinition() {
    return common()
        .define(
            "topic.creation.groups",
            ConfigDef.Type.LIST,
            "",
            Importance.LOW,
            "Topic creation groups")
        .define(
            "exactly.once.support",
            ConfigDef.Type.STRING,
            "requested",
            ConfigDef.CaseInsensitiveValidString.in("requested", "required"),
            Importance.MEDIUM,
            "Whether exactly-once is indispensable")
        .define(
            "transaction.boundary",
            ConfigDef.Type.STRING,
            "poll",
            ConfigDef.CaseInsensitiveValidString.in("poll", "interval", "connector"),
            Importance.MEDIUM,
            "When transactions are committed")
        .define(
            "transaction.boundary.interval.ms",
            ConfigDef.Type.LONG,
            null,
            Importance.LOW,
            "Time between commits")
        .define(
            OFFSETS_TOPIC,
            ConfigDef.Type.STRING,
            null,
            new ConfigDef.NonEmptyString(),
            Importance.LOW,
            "Own offset topic");
  }

  /**
   * Framework keys of source connectors that Kafka Connect does not have: validated and honoured
   * when they are set, but no part of the definition that clients are shown, since some compare it.
   */
  static ConfigDef ownSourceDefinition() {
    return deadLetterDefinition(new ConfigDef());
  }

  /** Framework keys of sink connectors. */
  static ConfigDef sinkDefinition() {
    return deadLetterDefinition(
        common()
            .define(TOPICS, ConfigDef.Type.LIST, "", Importance.HIGH, "Topics to consume")
            .define(
                TOPICS_REGEX, ConfigDef.Type.STRING, "", Importance.HIGH, "Expression of topics"));
  }

  private static ConfigDef deadLetterDefinition(ConfigDef definition) {
    return definition
        .define(
            DLQ + "topic.name", ConfigDef.Type.STRING, "", Importance.MEDIUM, "Dead letter queue")
        .define(
            DLQ + "topic.replication.factor",
            ConfigDef.Type.SHORT,
            (short) 3,
            Importance.MEDIUM,
            "Copies")
        .define(
            DLQ + "context.headers.enable",
            ConfigDef.Type.BOOLEAN,
            false,
            Importance.MEDIUM,
            "Headers");
  }

  int tasksMax() {
    return values.getInt(TASKS_MAX);
  }

  boolean tasksMaxEnforced() {
    return values.getBoolean(TASKS_MAX_ENFORCE);
  }

  /**
   * Aliases of the transformations, in order. A single {@code none} without a type means none, as
   * some configurations in the field say.
   */
  static List<String> transforms(Map<String, String> config) {
    var aliases = list(config.get(TRANSFORMS));
    boolean none = aliases.equals(List.of("none")) && !config.containsKey("transforms.none.type");
    return none ? List.of() : aliases;
  }

  static List<String> list(String text) {
    if (text == null || text.isBlank()) return List.of();
    return Arrays.stream(text.split(",")).map(String::strip).toList();
  }

  /** The connector's own offset topic, if it wants one. */
  static Optional<String> offsetsTopic(Map<String, String> config) {
    return Optional.ofNullable(config.get(OFFSETS_TOPIC))
        .map(String::strip)
        .filter(topic -> !topic.isEmpty());
  }

  ErrorSettings errors() {
    return new ErrorSettings(
        Duration.ofMillis(values.getLong("errors.retry.timeout")),
        Duration.ofMillis(values.getLong("errors.retry.delay.max.ms")),
        Tolerance.valueOf(values.getString("errors.tolerance").toUpperCase(Locale.ROOT)),
        values.getBoolean("errors.log.enable"),
        values.getBoolean("errors.log.include.messages"),
        deadLetters());
  }

  private DeadLetterSettings deadLetters() {
    return new DeadLetterSettings(
        values.getString(DLQ + "topic.name").strip(),
        values.getShort(DLQ + "topic.replication.factor"),
        values.getBoolean(DLQ + "context.headers.enable"));
  }

  TransactionBoundary boundary(Duration flushInterval) {
    Long interval = values.getLong("transaction.boundary.interval.ms");
    return switch (values.getString("transaction.boundary").toLowerCase(Locale.ROOT)) {
      case "interval" ->
          new TransactionBoundary.Interval(
              interval == null ? flushInterval : Duration.ofMillis(interval));
      case "connector" -> new TransactionBoundary.Connector();
      default -> TransactionBoundary.POLL;
    };
  }

  /** Whether a batch that a sink refuses is divided to find the bad records. */
  static boolean bisectsPuts(Map<String, String> config) {
    Object value = ConfigDef.parseType(PUT_BISECT, config.get(PUT_BISECT), ConfigDef.Type.BOOLEAN);
    return Boolean.TRUE.equals(value);
  }

  /** What a sink consumes (compat: connector config §2, cross rules). */
  Topics topics() {
    String regex = values.getString(TOPICS_REGEX).strip();
    var names = list(config.get(TOPICS));
    if (!names.isEmpty() && !regex.isEmpty()) {
      throw new ConfigException(
          "topics and topics.regex are mutually exclusive options, but both are set.");
    }
    if (names.isEmpty() && regex.isEmpty()) {
      throw new ConfigException("Must configure one of topics or topics.regex");
    }
    if (!names.isEmpty()) return new Topics.Named(names);
    try {
      return new Topics.Matching(Pattern.compile(regex));
    } catch (PatternSyntaxException e) {
      throw new ConfigException(TOPICS_REGEX, regex, e.getMessage());
    }
  }
}
