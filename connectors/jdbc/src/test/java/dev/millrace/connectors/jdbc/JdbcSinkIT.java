package dev.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sink against real databases: each mode, types, created and widened tables, outages. */
class JdbcSinkIT {
  private static final Schema KEY =
      SchemaBuilder.struct().field("user_id", Schema.INT64_SCHEMA).build();
  private static final Schema VALUE =
      SchemaBuilder.struct()
          .field("user_id", Schema.INT64_SCHEMA)
          .field("visits", Schema.OPTIONAL_INT64_SCHEMA)
          .build();

  private final SinkContext context = new SinkContext();

  private JdbcSinkTask task(Database db, String... pairs) {
    Map<String, String> config = db.config();
    for (int i = 0; i < pairs.length; i += 2) {
      config.put(pairs[i], pairs[i + 1]);
    }
    JdbcSinkConnector connector = new JdbcSinkConnector();
    connector.start(config);
    JdbcSinkTask task = new JdbcSinkTask();
    task.initialize(context);
    task.start(connector.taskConfigs(2).get(1));
    return task;
  }

  private static SinkRecord visits(String topic, long user, Long visits) {
    Struct key = new Struct(KEY).put("user_id", user);
    Struct value = new Struct(VALUE).put("user_id", user).put("visits", visits);
    return new SinkRecord(topic, 0, KEY, key, VALUE, value, user);
  }

  private static SinkRecord tombstone(String topic, long user) {
    Struct key = new Struct(KEY).put("user_id", user);
    return new SinkRecord(topic, 0, KEY, key, null, null, user);
  }

  @ParameterizedTest
  @EnumSource
  void upsertsDeletesAndCreatesTheTable(Database db) throws Exception {
    String topic = db.newTable();
    JdbcSinkTask task = task(db, "insert.mode", "upsert", "delete.enabled", "true");
    task.put(List.of(visits(topic, 1, 1L), visits(topic, 2, 1L), visits(topic, 1, 2L)));
    assertThat(db.rows("SELECT * FROM " + topic + " ORDER BY user_id"))
        .containsExactly("1|2", "2|1");
    task.put(List.of(visits(topic, 3, null), tombstone(topic, 2), visits(topic, 1, 9L)));
    task.put(List.of(visits(topic, 1, 9L), tombstone(topic, 77)));
    assertThat(db.rows("SELECT * FROM " + topic + " ORDER BY user_id"))
        .containsExactly("1|9", "3|null");
    task.stop();
  }

  @ParameterizedTest
  @EnumSource
  void insertsAndUpdates(Database db) throws Exception {
    String topic = db.newTable();
    JdbcSinkTask insert = task(db);
    insert.put(List.of(visits(topic, 1, 1L), visits(topic, 1, 1L)));
    assertThat(db.rows("SELECT * FROM " + topic)).containsExactly("1|1", "1|1");
    insert.stop();
    JdbcSinkTask update = task(db, "insert.mode", "update", "table", topic);
    update.put(List.of(visits("other", 1, 5L), visits("other", 2, 5L)));
    assertThat(db.rows("SELECT * FROM " + topic)).containsExactly("1|5", "1|5");
    update.stop();
  }

  @ParameterizedTest
  @EnumSource
  void keysComeFromKafkaOrTheValueOrAPrimitiveKey(Database db) throws Exception {
    String kafka = db.newTable();
    JdbcSinkTask byPosition = task(db, "insert.mode", "upsert", "pk.mode", "kafka");
    byPosition.put(List.of(visits(kafka, 4, 1L)));
    byPosition.put(List.of(visits(kafka, 4, 2L)));
    assertThat(db.rows("SELECT * FROM " + kafka)).containsExactly(kafka + "|0|4|4|2");
    String value = db.newTable();
    JdbcSinkTask byValue =
        task(db, "insert.mode", "upsert", "pk.mode", "record_value", "pk.fields", "user_id");
    byValue.put(List.of(visits(value, 4, 1L), visits(value, 4, 2L)));
    assertThat(db.rows("SELECT * FROM " + value)).containsExactly("4|2");
    String primitive = db.newTable();
    JdbcSinkTask byKey = task(db, "insert.mode", "upsert", "pk.fields", "k", "fields", "visits");
    Struct row = new Struct(VALUE).put("user_id", 1L).put("visits", 3L);
    byKey.put(List.of(new SinkRecord(primitive, 0, Schema.STRING_SCHEMA, "a", VALUE, row, 0)));
    assertThat(db.rows("SELECT * FROM " + primitive)).containsExactly("a|3");
    byPosition.stop();
    byValue.stop();
    byKey.stop();
  }

  @ParameterizedTest
  @EnumSource
  void addsColumnsWhenItMay(Database db) throws Exception {
    String topic = db.newTable();
    Schema wide =
        SchemaBuilder.struct()
            .field("user_id", Schema.INT64_SCHEMA)
            .field("visits", Schema.OPTIONAL_INT64_SCHEMA)
            .field("note", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    Struct value = new Struct(wide).put("user_id", 1L).put("note", "hallo ä€");
    SinkRecord record = new SinkRecord(topic, 0, null, null, wide, value, 1);
    JdbcSinkTask fixed = task(db);
    fixed.put(List.of(visits(topic, 1, 1L)));
    assertThatThrownBy(() -> fixed.put(List.of(record)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("no column for the fields [note]")
        .hasMessageContaining("auto.evolve=true");
    fixed.stop();
    JdbcSinkTask evolving = task(db, "auto.evolve", "true");
    evolving.put(List.of(record));
    assertThat(db.rows("SELECT * FROM " + topic)).containsExactly("1|1|null", "1|null|hallo ä€");
    evolving.stop();
  }

  @ParameterizedTest
  @EnumSource
  void aColumnThatSomebodyElseHasAddedIsFound(Database db) throws Exception {
    String topic = db.newTable();
    JdbcSinkTask task = task(db);
    task.put(List.of(visits(topic, 1, 1L)));
    db.run("ALTER TABLE " + topic + " ADD COLUMN note VARCHAR(9) NULL");
    task.put(List.of(withNote(topic, 2)));
    assertThat(db.rows("SELECT user_id, note FROM " + topic + " ORDER BY user_id"))
        .containsExactly("1|null", "2|new");
    task.stop();
  }

  /** Two tasks of one sink meet the same new topic or field at the same time. */
  @ParameterizedTest
  @EnumSource
  void tablesAndColumnsThatAnotherTaskIsAboutToAddAreWaitedFor(Database db) throws Exception {
    String topic = db.newTable();
    JdbcSinkTask task = task(db, "insert.mode", "upsert", "auto.evolve", "true");
    whileAnotherAdds(
        db,
        "CREATE TABLE " + topic + " (user_id BIGINT NOT NULL PRIMARY KEY, visits BIGINT)",
        () -> putAsRuntimesDo(task, visits(topic, 1, 1L)));
    assertThat(db.rows("SELECT * FROM " + topic)).containsExactly("1|1");
    whileAnotherAdds(
        db,
        "ALTER TABLE " + topic + " ADD COLUMN note VARCHAR(9) NULL",
        () -> putAsRuntimesDo(task, withNote(topic, 2)));
    assertThat(db.rows("SELECT user_id, note FROM " + topic + " ORDER BY user_id"))
        .containsExactly("1|null", "2|new");
    task.stop();
  }

  @Test
  void aColumnThatDiffersInCaseOnlyIsNotWaitedFor() throws Exception {
    Database db = Database.POSTGRES;
    String topic = db.newTable();
    db.run("CREATE TABLE " + topic + " (user_id BIGINT, Note TEXT)");
    Schema schema =
        SchemaBuilder.struct()
            .field("user_id", Schema.INT64_SCHEMA)
            .field("Note", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    Struct value = new Struct(schema).put("user_id", 1L).put("Note", "x");
    SinkRecord record = new SinkRecord(topic, 0, null, null, schema, value, 1);
    JdbcSinkTask task = task(db, "quote.sql.identifiers", "never", "auto.evolve", "true");
    assertThatThrownBy(() -> task.put(List.of(record)))
        .isInstanceOf(ConnectException.class)
        .isNotInstanceOf(RetriableException.class)
        .hasMessageContaining("already exists");
    task.stop();
  }

  private static SinkRecord withNote(String topic, long user) {
    Schema wide =
        SchemaBuilder.struct()
            .field("user_id", Schema.INT64_SCHEMA)
            .field("note", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    Struct key = new Struct(KEY).put("user_id", user);
    Struct value = new Struct(wide).put("user_id", user).put("note", "new");
    return new SinkRecord(topic, 0, KEY, key, wide, value, user);
  }

  /** Runs the work while the statement's transaction is open, which ends when the work waits. */
  private static void whileAnotherAdds(Database db, String ddl, Runnable work) throws Exception {
    try (Connection other = db.connect();
        Statement statement = other.createStatement();
        ExecutorService executor = Executors.newSingleThreadExecutor()) {
      other.setAutoCommit(false);
      statement.execute(ddl);
      Future<?> done = executor.submit(work);
      String waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
      long end = System.nanoTime() + SourceHarness.DEADLINE.toNanos();
      while (db == Database.POSTGRES
          && !done.isDone()
          && db.rows(waiting).contains("0")
          && System.nanoTime() - end < 0) {
        Thread.onSpinWait();
      }
      other.commit();
      done.get(SourceHarness.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static void putAsRuntimesDo(JdbcSinkTask task, SinkRecord record) {
    try {
      task.put(List.of(record));
    } catch (RetriableException e) {
      task.put(List.of(record));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTopicThatBeginsWithATombstoneGetsATableWithAllColumns(Database db) throws Exception {
    String topic = db.newTable();
    JdbcSinkTask task = task(db, "insert.mode", "upsert", "delete.enabled", "true");
    task.put(List.of(tombstone(topic, 1)));
    task.put(List.of(tombstone(topic, 2), visits(topic, 3, 4L)));
    assertThat(db.rows("SELECT * FROM " + topic)).containsExactly("3|4");
    task.stop();
  }

  /** A compacted topic may begin with many. */
  @Test
  void aTableThatIsMissingIsLookedForOnceInEachTransaction() throws Exception {
    var db = Database.MARIADB;
    String topic = db.newTable();
    Map<String, String> config = db.config();
    config.putAll(Map.of("insert.mode", "upsert", "delete.enabled", "true"));
    var settings = SinkSettings.of(config);
    var row = SinkRow.of(tombstone(topic, 1), settings);
    try (var session = new Session(settings.connection())) {
      session.connection().setAutoCommit(false);
      var writer = new SinkWriter(session, settings);
      writer.write(settings.tableOf(topic), row);
      long before = queries(session);
      for (int i = 0; i < 100; i++) {
        writer.write(settings.tableOf(topic), row);
      }
      assertThat(queries(session) - before).isEqualTo(1); // the question itself
      writer.commit();
      db.run(
          "CREATE TABLE " + topic + " (user_id BIGINT)",
          "INSERT INTO " + topic + " VALUES (1), (2)");
      writer.write(settings.tableOf(topic), row);
      writer.commit();
    }
    assertThat(db.rows("SELECT * FROM " + topic)).containsExactly("2");
  }

  private static long queries(Session session) throws Exception {
    try (Statement statement = session.connection().createStatement();
        ResultSet answer = statement.executeQuery("SHOW SESSION STATUS LIKE 'Questions'")) {
      assertThat(answer.next()).isTrue();
      return answer.getLong(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void writesAllTypes(Database db) throws Exception {
    String topic = db.newTable();
    Schema schema =
        SchemaBuilder.struct()
            .field("a", Schema.INT8_SCHEMA)
            .field("b", Schema.INT16_SCHEMA)
            .field("c", Schema.INT32_SCHEMA)
            .field("d", Schema.FLOAT32_SCHEMA)
            .field("e", Schema.FLOAT64_SCHEMA)
            .field("f", Schema.BOOLEAN_SCHEMA)
            .field("g", Schema.OPTIONAL_BYTES_SCHEMA)
            .field("h", Decimal.builder(2).build())
            .field("i", Date.SCHEMA)
            .field("j", Time.SCHEMA)
            .field("k", Timestamp.SCHEMA)
            .build();
    Struct value =
        new Struct(schema)
            .put("a", (byte) 1)
            .put("b", (short) 2)
            .put("c", 3)
            .put("d", 0.5f)
            .put("e", 0.25)
            .put("f", true)
            .put("g", ByteBuffer.wrap(new byte[] {65, 66}))
            .put("h", new BigDecimal("12.30"))
            .put("i", ConnectTimes.ofMillis(0))
            .put("j", ConnectTimes.ofMillis(3_600_000))
            .put("k", ConnectTimes.ofMillis(1_704_103_200_123L));
    JdbcSinkTask task = task(db, "db.timezone", "Europe/Berlin");
    task.put(List.of(new SinkRecord(topic, 0, null, null, schema, value, 1)));
    String bytes = db == Database.MARIADB ? "HEX(g)" : "upper(encode(g, 'hex'))";
    String truth = db == Database.MARIADB ? "f" : "f::int";
    String time = db == Database.MARIADB ? "TIME_FORMAT(j, '%H:%i')" : "to_char(j, 'HH24:MI')";
    assertThat(
            db.rows(
                "SELECT a, b, c, d, e, "
                    + truth
                    + ", "
                    + bytes
                    + ", h, i, "
                    + time
                    + ", k FROM "
                    + topic))
        .singleElement()
        .asString()
        .startsWith("1|2|3|0.5|0.25|1|4142|12.30|1970-01-01|01:00|2024-01-01 11:00:00.123");
    task.stop();
  }

  @ParameterizedTest
  @EnumSource
  void recordsWithoutSchemaGoIntoAnExistingTable(Database db) throws Exception {
    String topic = db.newTable();
    Map<String, Object> value = new HashMap<>(Map.of("user_id", 1L, "name", "x", "ok", true));
    value.put("none", null);
    SinkRecord record = new SinkRecord(topic, 0, null, null, null, value, 1);
    JdbcSinkTask task = task(db);
    assertThatThrownBy(() -> task.put(List.of(record)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("no schema to tell its type");
    db.run("CREATE TABLE " + topic + " (user_id INT, name VARCHAR(9), ok BOOLEAN, none DATE)");
    task.put(List.of(record));
    assertThat(db.rows("SELECT user_id, name, none FROM " + topic)).containsExactly("1|x|null");
    task.stop();
  }

  @ParameterizedTest
  @EnumSource
  void aBatchIsOneTransaction(Database db) throws Exception {
    String topic = db.newTable();
    db.run("CREATE TABLE " + topic + " (user_id BIGINT PRIMARY KEY, visits BIGINT)");
    JdbcSinkTask task = task(db);
    List<SinkRecord> clash = List.of(visits(topic, 1, 1L), visits(topic, 1, 1L));
    assertThatThrownBy(() -> task.put(clash))
        .isInstanceOf(ConnectException.class)
        .isNotInstanceOf(RetriableException.class)
        .hasMessageContaining("did not take 2 records");
    assertThat(db.rows("SELECT * FROM " + topic)).isEmpty();
    task.stop();
  }

  @ParameterizedTest
  @EnumSource
  void aDatabaseThatGoesAwayGetsTheSameBatchAgain(Database db) throws Exception {
    String topic = db.newTable();
    JdbcSinkTask task = task(db, "insert.mode", "upsert", "retry.backoff.ms", "7");
    task.put(List.of(visits(topic, 1, 1L)));
    db.stop();
    List<SinkRecord> batch = new ArrayList<>();
    for (long user = 1; user <= 5000; user++) {
      batch.add(visits(topic, user, 2L));
    }
    try {
      assertThatThrownBy(() -> task.put(batch)).isInstanceOf(RetriableException.class);
      assertThatThrownBy(() -> task.put(batch)).isInstanceOf(RetriableException.class);
      assertThat(context.timeoutMs).isEqualTo(7);
    } finally {
      db.start();
    }
    task.put(batch);
    assertThat(db.rows("SELECT COUNT(*), SUM(visits) FROM " + topic)).containsExactly("5000|10000");
    task.stop();
  }

  @ParameterizedTest
  @EnumSource
  void aRecordThatIsNoRowIsReportedOrFails(Database db) throws Exception {
    String topic = db.newTable();
    JdbcSinkTask task = task(db, "insert.mode", "upsert");
    List<SinkRecord> batch = List.of(visits(topic, 1, 1L), tombstone(topic, 2));
    assertThatThrownBy(() -> task.put(batch))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(topic + "-0@2 has no value. Set delete.enabled=true");
    context.reported = new ArrayList<>();
    task.put(batch);
    assertThat(db.rows("SELECT * FROM " + topic)).containsExactly("1|1");
    assertThat(context.reported).hasSize(1);
    task.stop();
  }

  @ParameterizedTest
  @EnumSource
  void aRecordWithAnArrayIsReportedAndTheOthersAreWritten(Database db) throws Exception {
    String topic = db.newTable();
    JdbcSinkTask task = task(db, "insert.mode", "upsert");
    context.reported = new ArrayList<>();
    Schema tagged =
        SchemaBuilder.struct()
            .field("user_id", Schema.INT64_SCHEMA)
            .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).optional().build())
            .build();
    Struct value = new Struct(tagged).put("user_id", 2L).put("tags", List.of("a"));
    Struct key = new Struct(KEY).put("user_id", 2L);
    SinkRecord nested = new SinkRecord(topic, 0, KEY, key, tagged, value, 2);
    Map<String, Object> plain = Map.of("user_id", 3L, "visits", List.of(1L));
    task.put(
        List.of(
            nested,
            visits(topic, 1, 1L),
            new SinkRecord(topic, 0, null, Map.of("user_id", 3L), null, plain, 3)));
    assertThat(db.rows("SELECT * FROM " + topic)).containsExactly("1|1");
    assertThat(context.reported).hasSize(2);
    task.stop();
  }

  /** What the runtime would be told. */
  private static final class SinkContext implements SinkTaskContext {
    private long timeoutMs;
    private List<SinkRecord> reported;

    @Override
    public Map<String, String> configs() {
      return Map.of();
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
      throw new UnsupportedOperationException("this task does not seek");
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
      throw new UnsupportedOperationException("this task does not seek");
    }

    @Override
    public void timeout(long ms) {
      timeoutMs = ms;
    }

    @Override
    public Set<TopicPartition> assignment() {
      return new HashSet<>();
    }

    @Override
    public void pause(TopicPartition... partitions) {
      throw new UnsupportedOperationException("this task does not pause");
    }

    @Override
    public void resume(TopicPartition... partitions) {
      throw new UnsupportedOperationException("this task does not pause");
    }

    @Override
    public void requestCommit() {
      throw new UnsupportedOperationException("this task does not ask for commits");
    }

    @Override
    public PluginMetrics pluginMetrics() {
      throw new UnsupportedOperationException("this task has no metrics");
    }

    @Override
    public ErrantRecordReporter errantRecordReporter() {
      return reported == null
          ? null
          : (record, error) -> {
            reported.add(record);
            return java.util.concurrent.CompletableFuture.completedFuture(null);
          };
    }
  }
}
