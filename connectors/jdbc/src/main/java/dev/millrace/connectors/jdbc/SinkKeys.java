package dev.millrace.connectors.jdbc;

import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;

import dev.millrace.connectors.jdbc.Keys.Setting;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigValue;

/** The sink's settings: names, defaults, documentation, checks. Stateless. */
final class SinkKeys {
  static final String INSERT_MODE = "insert.mode";
  static final String DELETE_ENABLED = "delete.enabled";
  static final String PK_MODE = "pk.mode";
  static final String PK_FIELDS = "pk.fields";
  static final String FIELDS = "fields.whitelist";
  static final String AUTO_CREATE = "auto.create";
  static final String AUTO_EVOLVE = "auto.evolve";
  static final String BATCH_SIZE = "batch.size";
  static final String MAX_RETRIES = "max.retries";
  static final String RETRY_BACKOFF = "retry.backoff.ms";

  static final Aliases ALIASES = aliases();
  static final ConfigDef DEF = define();

  private SinkKeys() {}

  private static Aliases aliases() {
    Map<String, List<String>> names = new LinkedHashMap<>(Keys.CONNECTION_ALIASES);
    names.put(Keys.TABLE, List.of("table.name.format"));
    names.put(FIELDS, List.of("fields"));
    return new Aliases(names);
  }

  private static ConfigDef define() {
    Keys.Definer definer = Keys.connection(ALIASES.names());
    defineTable(definer.group("Table"));
    defineWriting(definer.group("Writing"));
    return definer.done();
  }

  private static void defineTable(Keys.Definer definer) {
    definer
        .add(
            Keys.TABLE,
            new Setting(
                ConfigDef.Type.STRING,
                "${topic}",
                null,
                Importance.MEDIUM,
                "The table to write to; ${topic} stands for the topic's name. A dot separates"
                    + " schema (or database) and table."))
        .aliases(ALIASES.names(), Keys.TABLE)
        .add(
            AUTO_CREATE,
            new Setting(
                ConfigDef.Type.BOOLEAN,
                true,
                null,
                Importance.MEDIUM,
                "Create a missing table from the first record's schema. Configurations of other"
                    + " connectors' classes keep their default, false."))
        .add(
            AUTO_EVOLVE,
            new Setting(
                ConfigDef.Type.BOOLEAN,
                false,
                null,
                Importance.MEDIUM,
                "Add missing columns when a record has new fields. The fields must be optional or"
                    + " have a default."))
        .add(
            PK_MODE,
            new Setting(
                ConfigDef.Type.STRING,
                "",
                ValidString.in("", "none", "kafka", "record_key", "record_value"),
                Importance.HIGH,
                "Where the primary key comes from: none, kafka (topic, partition, offset),"
                    + " record_key or record_value. By default record_key for upsert, update and"
                    + " delete.enabled, else none."))
        .add(
            PK_FIELDS,
            new Setting(
                ConfigDef.Type.LIST,
                "",
                null,
                Importance.MEDIUM,
                "The fields of the primary key; by default all of the key. For a key that is not a"
                    + " struct, the one name of its column. For kafka the three column names, by"
                    + " default __connect_topic, __connect_partition, __connect_offset."))
        .add(
            FIELDS,
            new Setting(
                ConfigDef.Type.LIST,
                "",
                null,
                Importance.MEDIUM,
                "The value's fields to write beside the primary key; by default all."))
        .aliases(ALIASES.names(), FIELDS);
  }

  private static void defineWriting(Keys.Definer definer) {
    definer
        .add(
            INSERT_MODE,
            new Setting(
                ConfigDef.Type.STRING,
                "insert",
                ValidString.in("insert", "upsert", "update"),
                Importance.HIGH,
                "insert: each record is a new row. upsert: a row with the same primary key is"
                    + " replaced, so that records delivered twice do no harm. update: only rows"
                    + " that exist are changed."))
        .add(
            DELETE_ENABLED,
            new Setting(
                ConfigDef.Type.BOOLEAN,
                false,
                null,
                Importance.MEDIUM,
                "Delete the row of a record without value. Needs pk.mode=record_key."))
        .add(
            BATCH_SIZE,
            new Setting(
                ConfigDef.Type.INT,
                3_000,
                atLeast(1),
                Importance.MEDIUM,
                "How many rows go to the database in one step. All records that the runtime hands"
                    + " over together are one transaction in any case."))
        .add(
            MAX_RETRIES,
            new Setting(
                ConfigDef.Type.INT,
                -1,
                atLeast(-1),
                Importance.MEDIUM,
                "How often a batch is tried again when the database is away; -1: until it is"
                    + " back."))
        .add(
            RETRY_BACKOFF,
            new Setting(
                ConfigDef.Type.LONG,
                1_000L,
                atLeast(0),
                Importance.MEDIUM,
                "Pause before a batch is tried again, in milliseconds."));
  }

  /** The configuration under our names, with the defaults that its class's name implies. */
  static Map<String, String> resolve(Map<String, String> given) {
    Map<String, String> resolved = ALIASES.resolve(given);
    if (Aliases.isForeign(given)) {
      resolved.putIfAbsent(AUTO_CREATE, "false");
    }
    return resolved;
  }

  /** All settings with their errors; no database is asked. */
  static Collection<ConfigValue> validate(Map<String, String> given) {
    Map<String, ConfigValue> values = new LinkedHashMap<>();
    DEF.validate(given).forEach(value -> values.put(value.name(), value));
    Map<String, String> resolved = resolve(given);
    DEF.validate(resolved)
        .forEach(value -> value.errorMessages().forEach(m -> Keys.error(values, value.name(), m)));
    Keys.checkAliases(given, ALIASES, values);
    checkTogether(resolved, values);
    return values.values();
  }

  private static void checkTogether(Map<String, String> resolved, Map<String, ConfigValue> values) {
    if (SourceKeys.text(resolved, Keys.URL).isEmpty()) {
      Keys.error(
          values, Keys.URL, "The database's URL is missing, such as jdbc:postgresql://host/db.");
    }
    String pkMode = SourceKeys.text(resolved, PK_MODE);
    String insertMode = SourceKeys.text(resolved, INSERT_MODE);
    if (pkMode.equals("none") && (insertMode.equals("upsert") || insertMode.equals("update"))) {
      Keys.error(values, PK_MODE, "The insert.mode \"" + insertMode + "\" needs a primary key.");
    }
    boolean deletes = Boolean.parseBoolean(SourceKeys.text(resolved, DELETE_ENABLED));
    if (deletes && !pkMode.isEmpty() && !pkMode.equals("record_key")) {
      Keys.error(values, DELETE_ENABLED, "Deleting needs pk.mode=record_key.");
    }
    int names = SourceSettings.names(SourceKeys.text(resolved, PK_FIELDS)).size();
    if (pkMode.equals("kafka") && names != 0 && names != 3) {
      Keys.error(
          values, PK_FIELDS, "pk.mode=kafka needs three names: topic, partition and offset.");
    }
    if (pkMode.equals("record_value") && names == 0) {
      Keys.error(values, PK_FIELDS, "pk.mode=record_value needs the fields of the key.");
    }
  }
}
