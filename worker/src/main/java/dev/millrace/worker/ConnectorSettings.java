package dev.millrace.worker;

import dev.millrace.engine.sink.Topics;
import dev.millrace.engine.source.TransactionBoundary;
import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Tolerance;
import dev.millrace.worker.validation.FrameworkKeys;
import dev.millrace.worker.validation.PipelineKeys;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * The framework's settings of one connector (compat: connector config §1 to §4). Immutable. Reading
 * a value throws {@link ConfigException} when it is wrong.
 */
final class ConnectorSettings {

  static final String NAME = FrameworkKeys.NAME;
  static final String CLASS = FrameworkKeys.CLASS;
  static final String VERSION = FrameworkKeys.VERSION;
  static final String TASKS_MAX = FrameworkKeys.TASKS_MAX;
  static final String TASKS_MAX_ENFORCE = FrameworkKeys.TASKS_MAX_ENFORCE;
  static final String TRANSFORMS = FrameworkKeys.TRANSFORMS;
  static final String PREDICATES = FrameworkKeys.PREDICATES;
  static final String OFFSETS_TOPIC = FrameworkKeys.OFFSETS_TOPIC;
  static final String TOPICS = FrameworkKeys.TOPICS;
  static final String TOPICS_REGEX = FrameworkKeys.TOPICS_REGEX;
  static final String PUT_BISECT = FrameworkKeys.PUT_BISECT;

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

  private final Map<String, String> config;
  private final AbstractConfig values;

  private ConnectorSettings(ConfigDef definition, Map<String, String> config) {
    this.config = config;
    this.values = new AbstractConfig(definition, config, false);
  }

  static ConnectorSettings source(Map<String, String> config) {
    return new ConnectorSettings(FrameworkKeys.source(), config);
  }

  static ConnectorSettings sink(Map<String, String> config) {
    return new ConnectorSettings(FrameworkKeys.sink(), config);
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
        values.getString(FrameworkKeys.DLQ_TOPIC).strip(),
        values.getShort(FrameworkKeys.DLQ_REPLICATION),
        values.getBoolean(FrameworkKeys.DLQ_HEADERS));
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

  /** Whether records may be converted beside a poll or a put. */
  static boolean overlaps(Map<String, String> config) {
    String key = PipelineKeys.OVERLAP;
    return !Boolean.FALSE.equals(ConfigDef.parseType(key, config.get(key), ConfigDef.Type.BOOLEAN));
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
