package dev.millrace.connectors.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;

/**
 * A sink's settings, read and checked. Immutable.
 *
 * @param connection where the database is
 * @param table the table's name with {@code ${topic}}
 * @param insertMode what is done with a record that has a value
 * @param deletes whether a record without value deletes its row
 * @param key the primary key
 * @param fields the value's fields to write, empty for all
 * @param autoCreate whether missing tables are created
 * @param autoEvolve whether missing columns are added
 * @param batchSize rows in one step
 * @param retries how a batch is tried again
 */
record SinkSettings(
    ConnectionSettings connection,
    String table,
    InsertMode insertMode,
    boolean deletes,
    Key key,
    List<String> fields,
    boolean autoCreate,
    boolean autoEvolve,
    int batchSize,
    Retries retries) {

  private static final List<String> KAFKA_COLUMNS =
      List.of("__connect_topic", "__connect_partition", "__connect_offset");

  enum InsertMode {
    INSERT,
    UPSERT,
    UPDATE
  }

  enum KeyMode {
    NONE,
    KAFKA,
    RECORD_KEY,
    RECORD_VALUE
  }

  /** The primary key: where it comes from, and its columns as far as they are given. */
  record Key(KeyMode mode, List<String> fields) {}

  /** How often (-1: for ever) and how long after a failure a batch is tried again. */
  record Retries(int most, Duration backoff) {}

  /**
   * Reads a configuration.
   *
   * @throws ConfigException with all that is wrong
   */
  static SinkSettings of(Map<String, String> given) {
    String errors = Keys.errors(SinkKeys.validate(given));
    if (!errors.isEmpty()) {
      throw new ConfigException("The JDBC sink's configuration is wrong:" + errors);
    }
    Map<String, String> resolved = SinkKeys.resolve(given);
    AbstractConfig config = new AbstractConfig(SinkKeys.DEF, resolved, false);
    InsertMode insertMode =
        InsertMode.valueOf(config.getString(SinkKeys.INSERT_MODE).toUpperCase(Locale.ROOT));
    boolean deletes = config.getBoolean(SinkKeys.DELETE_ENABLED);
    return new SinkSettings(
        SourceSettings.connection(config, resolved),
        config.getString(Keys.TABLE).strip(),
        insertMode,
        deletes,
        key(config, deletes || insertMode != InsertMode.INSERT),
        config.getList(SinkKeys.FIELDS).stream().filter(f -> !f.isBlank()).toList(),
        config.getBoolean(SinkKeys.AUTO_CREATE),
        config.getBoolean(SinkKeys.AUTO_EVOLVE),
        config.getInt(SinkKeys.BATCH_SIZE),
        new Retries(
            config.getInt(SinkKeys.MAX_RETRIES),
            Duration.ofMillis(config.getLong(SinkKeys.RETRY_BACKOFF))));
  }

  private static Key key(AbstractConfig config, boolean needed) {
    String mode = config.getString(SinkKeys.PK_MODE);
    KeyMode keyMode =
        mode.isEmpty()
            ? (needed ? KeyMode.RECORD_KEY : KeyMode.NONE)
            : KeyMode.valueOf(mode.toUpperCase(Locale.ROOT));
    List<String> fields =
        config.getList(SinkKeys.PK_FIELDS).stream().filter(f -> !f.isBlank()).toList();
    return new Key(keyMode, keyMode == KeyMode.KAFKA && fields.isEmpty() ? KAFKA_COLUMNS : fields);
  }

  /** The table for a topic. */
  TableName tableOf(String topic) {
    return TableName.parse(table.replace("${topic}", topic));
  }
}
