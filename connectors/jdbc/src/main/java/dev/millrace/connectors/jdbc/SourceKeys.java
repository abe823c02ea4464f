package dev.millrace.connectors.jdbc;

import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import dev.millrace.connectors.jdbc.Keys.Setting;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigValue;

/** The source's settings: names, defaults, documentation, checks. Stateless. */
final class SourceKeys {
  static final String TABLE_EXCLUDE = "table.exclude.list";
  static final String CATALOG = "catalog.pattern";
  static final String SCHEMA = "schema.pattern";
  static final String QUERY = "query";
  static final String SUFFIX = "query.suffix";
  static final String MODE = "mode";
  static final String INCREMENTING_COLUMN = "incrementing.column.name";
  static final String GAP_TIMEOUT = "incrementing.gap.timeout.ms";
  static final String TIMESTAMP_COLUMN = "timestamp.column.name";
  static final String TIMESTAMP_DELAY = "timestamp.delay.interval.ms";
  static final String TIMESTAMP_INITIAL = "timestamp.initial";
  static final String VALIDATE_NON_NULL = "validate.non.null";
  static final String TOPIC = "topic";
  static final String PREFIX = "topic.prefix";
  static final String RECORD_KEY = "record.key";
  static final String NUMERIC = "numeric.mapping";
  static final String POLL_INTERVAL = "poll.interval.ms";
  static final String MAX_ROWS = "batch.max.rows";

  static final String KEY_NONE = "none";
  static final String KEY_PRIMARY = "primary_key";

  /** The tables of one task, set by the connector. */
  static final String TASK_TABLES = "millrace.task.tables";

  /** A hundred years, of which the nanoseconds can be counted. */
  private static final long LONGEST_MS = Duration.ofDays(36_500).toMillis();

  private static final Pattern LIMIT =
      Pattern.compile("\\b(limit|fetch)\\b", Pattern.CASE_INSENSITIVE);

  static final Aliases ALIASES = aliases();
  static final ConfigDef DEF = define();

  private SourceKeys() {}

  private static Aliases aliases() {
    Map<String, List<String>> names = new LinkedHashMap<>(Keys.CONNECTION_ALIASES);
    names.put(Keys.TABLE, List.of("tables", "table.whitelist", "table.include.list"));
    names.put(TABLE_EXCLUDE, List.of("table.blacklist"));
    return new Aliases(names);
  }

  private static ConfigDef define() {
    Keys.Definer definer = Keys.connection(ALIASES.names());
    defineWhat(definer.group("What to read"));
    defineNew(definer.group("Which rows are new"));
    defineOutput(definer.group("Records"));
    return definer.done();
  }

  private static void defineWhat(Keys.Definer definer) {
    definer
        .add(
            Keys.TABLE,
            string(
                "",
                Importance.HIGH,
                "The table to read, or several with commas between: users or shop.users. Without"
                    + " table and query all tables of the database are read. When there is a"
                    + " query, the table only gives the topic its name."))
        .aliases(ALIASES.names(), Keys.TABLE)
        .add(
            TABLE_EXCLUDE,
            string("", Importance.LOW, "Tables to leave out when all tables are read."))
        .aliases(ALIASES.names(), TABLE_EXCLUDE)
        .add(
            CATALOG,
            string(
                "",
                Importance.LOW,
                "Where all tables are looked for, with % as joker; MariaDB's and MySQL's"
                    + " databases. By default the database of the URL."))
        .add(
            SCHEMA,
            string(
                "",
                Importance.LOW,
                "Where all tables are looked for, with % as joker; PostgreSQL's schemas. By default"
                    + " the connection's schema."))
        .add(
            QUERY,
            string(
                "",
                Importance.HIGH,
                "A SELECT to read instead of a table. It may have its own WHERE; columns need"
                    + " different names. With a mode other than bulk it is used as a subquery, from"
                    + " which the new rows are taken."))
        .add(
            SUFFIX,
            string(
                "",
                Importance.LOW,
                "Put at the end of each query, such as LIMIT 1000; no limit in the mode"
                    + " timestamp."));
  }

  private static void defineNew(Keys.Definer definer) {
    definer
        .add(
            MODE,
            new Setting(
                ConfigDef.Type.STRING,
                Mode.AUTO.text(),
                ValidString.in(
                    Mode.AUTO.text(),
                    Mode.BULK.text(),
                    Mode.INCREMENTING.text(),
                    Mode.TIMESTAMP.text(),
                    Mode.TIMESTAMP_INCREMENTING.text()),
                Importance.HIGH,
                "How new rows are found. incrementing: by a growing id (inserts only, each row"
                    + " once). timestamp: by the time of the last change (inserts and updates; rows"
                    + " of the last time may be repeated after a restart). timestamp+incrementing:"
                    + " by both. bulk: everything again each time. auto: what the given columns"
                    + " say; without any, incrementing if the table has an auto-increment column,"
                    + " else bulk."))
        .add(
            INCREMENTING_COLUMN,
            string(
                "",
                Importance.MEDIUM,
                "The growing id of whole numbers, never null. In the mode incrementing it can be"
                    + " left out if the table has one auto-increment column."))
        .add(
            GAP_TIMEOUT,
            new Setting(
                ConfigDef.Type.LONG,
                10_000L,
                between(0, LONGEST_MS),
                Importance.LOW,
                "How long ids that were passed over are asked for again: a transaction that took a"
                    + " smaller id may commit after one with a greater id. Longer than your longest"
                    + " inserting transaction; 0 turns it off."))
        .add(
            TIMESTAMP_COLUMN,
            new Setting(
                ConfigDef.Type.LIST,
                "",
                null,
                Importance.MEDIUM,
                "The column with the time of the last change; of several, the first that is not"
                    + " null counts."))
        .add(
            TIMESTAMP_DELAY,
            new Setting(
                ConfigDef.Type.LONG,
                1_000L,
                between(0, LONGEST_MS),
                Importance.MEDIUM,
                "Rows are read when their time is older than this, so that a transaction that began"
                    + " earlier and commits later is not passed over."))
        .add(
            TIMESTAMP_INITIAL,
            new Setting(
                ConfigDef.Type.LONG,
                null,
                null,
                Importance.LOW,
                "Where to begin at the first start, in milliseconds since 1970; -1 is now. By"
                    + " default with the oldest row."))
        .add(
            VALIDATE_NON_NULL,
            new Setting(
                ConfigDef.Type.BOOLEAN,
                true,
                null,
                Importance.LOW,
                "Refuse an incrementing column that may be null."));
  }

  private static void defineOutput(Keys.Definer definer) {
    definer
        .add(
            TOPIC,
            string(
                "",
                Importance.HIGH,
                "The topic for the one table or the query. Without it: topic.prefix and the table's"
                    + " name."))
        .add(
            PREFIX,
            string(
                "",
                Importance.HIGH,
                "Put before the table's name to make the topic's. For a query without table it is"
                    + " the topic."))
        .add(
            RECORD_KEY,
            new Setting(
                ConfigDef.Type.STRING,
                KEY_NONE,
                ValidString.in(KEY_NONE, KEY_PRIMARY),
                Importance.MEDIUM,
                "The records' key: none, or primary_key for a struct of the table's primary key."))
        .add(
            NUMERIC,
            new Setting(
                ConfigDef.Type.STRING,
                "best_fit",
                ValidString.in("none", "precision_only", "best_fit", "best_fit_eager_double"),
                Importance.MEDIUM,
                "What becomes of NUMERIC and DECIMAL columns. best_fit: whole numbers up to 18"
                    + " digits become integers, others up to 18 digits float64, larger ones"
                    + " Decimal. none: always Decimal, exact: take it for money. precision_only:"
                    + " only whole numbers become integers. best_fit_eager_double: all with"
                    + " decimals become float64. Configurations of other connectors' classes keep"
                    + " their default, none."))
        .add(
            POLL_INTERVAL,
            new Setting(
                ConfigDef.Type.LONG,
                null,
                betweenOrNull(1, LONGEST_MS),
                Importance.MEDIUM,
                "Time between two queries of a table, in milliseconds; by default 100, and 5000"
                    + " when everything is read each time (bulk). Confluent's connector has 5000."))
        .add(
            MAX_ROWS,
            new Setting(
                ConfigDef.Type.INT,
                1_000,
                atLeast(1),
                Importance.LOW,
                "At most so many rows are in memory and in a batch at once."));
  }

  private static ConfigDef.Validator betweenOrNull(long least, long most) {
    ConfigDef.Range range = between(least, most);
    return ConfigDef.LambdaValidator.with(
        (name, value) -> {
          if (value != null) {
            range.ensureValid(name, value);
          }
        },
        range::toString);
  }

  private static Setting string(String defaultValue, Importance importance, String doc) {
    return new Setting(ConfigDef.Type.STRING, defaultValue, null, importance, doc);
  }

  /** The configuration under our names, with the defaults that its class's name implies. */
  static Map<String, String> resolve(Map<String, String> given) {
    Map<String, String> resolved = ALIASES.resolve(given);
    if (Aliases.isForeign(given)) {
      resolved.putIfAbsent(NUMERIC, "none");
    }
    return resolved;
  }

  /** All settings with their errors; no database is asked. */
  static Collection<ConfigValue> validate(Map<String, String> given) {
    Map<String, ConfigValue> values = new LinkedHashMap<>();
    DEF.validate(given).forEach(value -> values.put(value.name(), value));
    Map<String, String> resolved = new HashMap<>(resolve(given));
    DEF.validate(resolved)
        .forEach(value -> value.errorMessages().forEach(m -> Keys.error(values, value.name(), m)));
    Keys.checkAliases(given, ALIASES, values);
    checkTogether(resolved, values);
    return values.values();
  }

  private static void checkTogether(Map<String, String> resolved, Map<String, ConfigValue> values) {
    if (text(resolved, Keys.URL).isEmpty()) {
      Keys.error(values, Keys.URL, "The database's URL is missing, such as jdbc:mysql://host/db.");
    }
    if (text(resolved, MODE).startsWith("timestamp")
        && text(resolved, TIMESTAMP_COLUMN).isEmpty()) {
      Keys.error(
          values, TIMESTAMP_COLUMN, "The mode \"" + text(resolved, MODE) + "\" needs a column.");
    }
    if (SourceSettings.mode(resolved) == Mode.TIMESTAMP
        && LIMIT.matcher(text(resolved, SUFFIX)).find()) {
      Keys.error(
          values,
          SUFFIX,
          "In the mode timestamp a limit passes rows over that have the time of the last row it"
              + " lets through. Set incrementing.column.name, or leave the limit out.");
    }
    boolean query = !text(resolved, QUERY).isEmpty();
    boolean several = text(resolved, Keys.TABLE).contains(",");
    if (query && several) {
      Keys.error(values, Keys.TABLE, "With a query at most one table names the topic.");
    }
    if (several && !text(resolved, TOPIC).isEmpty()) {
      Keys.error(values, TOPIC, "Several tables cannot share one topic; use topic.prefix.");
    }
    if (query
        && List.of(TOPIC, PREFIX, Keys.TABLE).stream().allMatch(k -> text(resolved, k).isEmpty())) {
      Keys.error(values, TOPIC, "A query needs the name of a topic.");
    }
    if (query && text(resolved, RECORD_KEY).equals(KEY_PRIMARY)) {
      Keys.error(values, RECORD_KEY, "A query has no primary key; use the transform ValueToKey.");
    }
  }

  static String text(Map<String, String> resolved, String key) {
    String value = resolved.get(key);
    return value == null ? "" : value.strip();
  }
}
