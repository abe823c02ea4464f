package dev.millrace.connectors.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/**
 * A source's settings, read and checked. Immutable.
 *
 * @param connection where the database is
 * @param target what is read
 * @param tracking how new rows are found
 * @param output what becomes of a row
 * @param pollInterval the time between two queries, if it is given
 * @param maxRows the most rows in a batch
 */
record SourceSettings(
    ConnectionSettings connection,
    Target target,
    Tracking tracking,
    Output output,
    Optional<Duration> pollInterval,
    int maxRows) {

  private static final Duration BULK_INTERVAL = Duration.ofSeconds(5);
  private static final Duration INTERVAL = Duration.ofMillis(100);

  /** What is read: the query if there is one, else the tables, else all tables but the excluded. */
  record Target(
      List<TableName> tables,
      List<String> excluded,
      String catalogPattern,
      String schemaPattern,
      Optional<String> query,
      String suffix) {}

  /** How new rows are found. */
  record Tracking(
      Mode mode,
      Optional<String> idColumn,
      Duration gapTimeout,
      List<String> timeColumns,
      Duration delay,
      Optional<Instant> initial,
      boolean refuseNullable) {}

  /** What becomes of a row. */
  record Output(String topic, String prefix, boolean keyed, NumericMapping numeric) {

    /** The topic of a table, or of a query that a table gives its name to. */
    String topicOf(Optional<TableName> table) {
      return topic.isEmpty() ? prefix + table.map(TableName::table).orElse("") : topic;
    }
  }

  /**
   * Reads a configuration.
   *
   * @throws ConfigException with all that is wrong
   */
  static SourceSettings of(Map<String, String> given) {
    String errors = Keys.errors(SourceKeys.validate(given));
    if (!errors.isEmpty()) {
      throw new ConfigException("The JDBC source's configuration is wrong:" + errors);
    }
    Map<String, String> resolved = SourceKeys.resolve(given);
    AbstractConfig config = new AbstractConfig(SourceKeys.DEF, resolved, false);
    return new SourceSettings(
        connection(config, resolved),
        target(config, resolved),
        tracking(config),
        output(config),
        Optional.ofNullable(config.getLong(SourceKeys.POLL_INTERVAL)).map(Duration::ofMillis),
        config.getInt(SourceKeys.MAX_ROWS));
  }

  static ConnectionSettings connection(AbstractConfig config, Map<String, String> resolved) {
    Password password = config.getPassword(Keys.PASSWORD);
    return new ConnectionSettings(
        config.getString(Keys.URL).strip(),
        text(config, Keys.USERNAME),
        password.value().isEmpty() ? Optional.empty() : Optional.of(password),
        Keys.driverProperties(resolved),
        ZoneId.of(config.getString(Keys.TIMEZONE)),
        config.getString(Keys.QUOTE).equals(Keys.ALWAYS));
  }

  private static Target target(AbstractConfig config, Map<String, String> resolved) {
    String tables = resolved.getOrDefault(SourceKeys.TASK_TABLES, config.getString(Keys.TABLE));
    return new Target(
        names(tables).stream().map(TableName::parse).toList(),
        names(config.getString(SourceKeys.TABLE_EXCLUDE)),
        config.getString(SourceKeys.CATALOG).strip(),
        config.getString(SourceKeys.SCHEMA).strip(),
        text(config, SourceKeys.QUERY).map(SourceSettings::withoutSemicolon),
        config.getString(SourceKeys.SUFFIX).strip());
  }

  private static Tracking tracking(AbstractConfig config) {
    List<String> times =
        config.getList(SourceKeys.TIMESTAMP_COLUMN).stream().filter(c -> !c.isBlank()).toList();
    Optional<String> id = text(config, SourceKeys.INCREMENTING_COLUMN);
    Optional<Instant> initial =
        Optional.ofNullable(config.getLong(SourceKeys.TIMESTAMP_INITIAL))
            .map(ms -> ms < 0 ? Instant.now() : Instant.ofEpochMilli(ms));
    return new Tracking(
        chosen(Mode.of(config.getString(SourceKeys.MODE)), id.isPresent(), !times.isEmpty()),
        id,
        Duration.ofMillis(config.getLong(SourceKeys.GAP_TIMEOUT)),
        times,
        Duration.ofMillis(config.getLong(SourceKeys.TIMESTAMP_DELAY)),
        initial,
        config.getBoolean(SourceKeys.VALIDATE_NON_NULL));
  }

  /** The mode, as far as it can be told without the database; what is no mode counts as auto. */
  static Mode mode(Map<String, String> resolved) {
    String given = SourceKeys.text(resolved, SourceKeys.MODE);
    return chosen(
        Arrays.stream(Mode.values())
            .filter(mode -> mode.text().equals(given))
            .findFirst()
            .orElse(Mode.AUTO),
        !SourceKeys.text(resolved, SourceKeys.INCREMENTING_COLUMN).isEmpty(),
        !names(SourceKeys.text(resolved, SourceKeys.TIMESTAMP_COLUMN)).isEmpty());
  }

  private static Mode chosen(Mode mode, boolean id, boolean time) {
    if (mode != Mode.AUTO || (!id && !time)) {
      return mode;
    }
    return !time ? Mode.INCREMENTING : id ? Mode.TIMESTAMP_INCREMENTING : Mode.TIMESTAMP;
  }

  private static Output output(AbstractConfig config) {
    return new Output(
        config.getString(SourceKeys.TOPIC).strip(),
        config.getString(SourceKeys.PREFIX).strip(),
        config.getString(SourceKeys.RECORD_KEY).equals(SourceKeys.KEY_PRIMARY),
        NumericMapping.valueOf(config.getString(SourceKeys.NUMERIC).toUpperCase(Locale.ROOT)));
  }

  static Optional<String> text(AbstractConfig config, String key) {
    String value = config.getString(key);
    return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.strip());
  }

  static List<String> names(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private static String withoutSemicolon(String query) {
    return query.replaceFirst("[;\\s]+$", "");
  }

  /** The time between two queries for a mode. */
  Duration pollInterval(Mode mode) {
    return pollInterval.orElse(mode == Mode.BULK ? BULK_INTERVAL : INTERVAL);
  }
}
