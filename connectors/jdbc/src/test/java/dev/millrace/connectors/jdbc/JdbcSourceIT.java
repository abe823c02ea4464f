package dev.millrace.connectors.jdbc;

import static dev.millrace.connectors.jdbc.SourceHarness.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The source against real databases: each mode, restarts, outages, concurrent inserts. */
class JdbcSourceIT {

  private static Map<String, String> config(Database db, String... pairs) {
    Map<String, String> config = db.config();
    for (int i = 0; i < pairs.length; i += 2) {
      config.put(pairs[i], pairs[i + 1]);
    }
    return config;
  }

  private static String users(Database db) throws Exception {
    String table = db.newTable();
    db.run("CREATE TABLE " + table + " (" + db.autoId() + ", name VARCHAR(40))");
    return table;
  }

  private static void insert(Database db, String table, int count) throws Exception {
    try (Connection connection = db.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      StringBuilder sql = new StringBuilder();
      for (int i = 1; i <= count; i++) {
        sql.append(sql.isEmpty() ? "INSERT INTO " + table + " (name) VALUES ('n" : ", ('n");
        sql.append(i).append("')");
        if (i % 1000 == 0 || i == count) {
          statement.execute(sql.toString());
          sql.setLength(0);
        }
      }
      connection.commit();
    }
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  @ParameterizedTest
  @EnumSource
  void readsEachRowOnceByItsIdAndGoesOnAfterARestart(Database db) throws Exception {
    String table = users(db);
    insert(db, table, 25);
    try (SourceHarness source =
        new SourceHarness(
            config(
                db,
                "table",
                table,
                "mode",
                "incrementing",
                "incrementing.column.name",
                "id",
                "topic",
                "user_data",
                "batch.max.rows",
                "10"))) {
      List<SourceRecord> first = source.take(20);
      assertThat(ids(first)).isEqualTo(upTo(20));
      source.restart();
      assertThat(ids(source.take(5))).containsExactly(21L, 22L, 23L, 24L, 25L);
      db.run("INSERT INTO " + table + " (name) VALUES (NULL)");
      SourceRecord last = source.take(1).getFirst();
      assertThat(last.topic()).isEqualTo("user_data");
      assertThat(last.key()).isNull();
      assertThat(((Struct) last.value()).getInt64("id")).isEqualTo(26);
      assertThat(((Struct) last.value()).getString("name")).isNull();
      assertThat(last.sourcePartition())
          .isEqualTo(Map.of("protocol", "1", "table", db.schema() + "." + table));
      assertThat(last.sourceOffset()).isEqualTo(Map.of("incrementing", 26L));
      assertThat(source.takeRest()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRowCommittedLateIsNotPassedOverNotEvenByARestart(Database db) throws Exception {
    String table = users(db);
    try (Connection slow = db.connect();
        Statement statement = slow.createStatement();
        SourceHarness source = new SourceHarness(config(db, "table", table))) {
      slow.setAutoCommit(false);
      statement.execute("INSERT INTO " + table + " (name) VALUES ('slow')");
      db.run("INSERT INTO " + table + " (name) VALUES ('quick')");
      List<SourceRecord> quick = source.take(1);
      assertThat(ids(quick)).containsExactly(2L);
      assertThat(quick.getFirst().sourceOffset())
          .isEqualTo(Map.of("incrementing", 2L, "gaps", "1"));
      source.restart();
      assertThat(source.takeRest()).isEmpty();
      slow.commit();
      List<SourceRecord> late = source.take(1);
      assertThat(ids(late)).containsExactly(1L);
      assertThat(late.getFirst().sourceOffset()).isEqualTo(Map.of("incrementing", 2L));
      assertThat(source.takeRest()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void concurrentInsertersLoseNothingAndRepeatNothing(Database db) throws Exception {
    String table = users(db);
    int writers = 4;
    int each = 150;
    try (ExecutorService pool = Executors.newFixedThreadPool(writers);
        SourceHarness source =
            new SourceHarness(config(db, "table", table, "poll.interval.ms", "5"))) {
      List<Future<?>> done = new ArrayList<>();
      for (int w = 0; w < writers; w++) {
        done.add(pool.submit(() -> insertInTransactions(db, table, each)));
      }
      List<SourceRecord> records = source.take(writers * each);
      for (Future<?> one : done) {
        one.get(3, TimeUnit.MINUTES);
      }
      records.addAll(source.takeRest());
      assertThat(records).hasSize(writers * each);
      assertThat(new HashSet<>(ids(records))).hasSize(writers * each);
    }
  }

  /** Transactions of three rows, every fourth rolled back, so that gaps come and go. */
  private static Void insertInTransactions(Database db, String table, int rows) throws Exception {
    try (Connection connection = db.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      int committed = 0;
      for (int i = 0; committed < rows; i++) {
        for (int k = 0; k < 3; k++) {
          statement.execute("INSERT INTO " + table + " (name) VALUES ('x')");
        }
        if (i % 4 == 3) {
          connection.rollback();
        } else {
          connection.commit();
          committed += 3;
        }
      }
    }
    return null;
  }

  @ParameterizedTest
  @EnumSource
  void aHundredThousandRowsComeInBoundedBatchesInOrder(Database db) throws Exception {
    String table = users(db);
    insert(db, table, 100_000);
    try (SourceHarness source =
        new SourceHarness(config(db, "table", table, "batch.max.rows", "500"))) {
      long expected = 1;
      while (expected <= 100_000) {
        for (SourceRecord row : source.take(1)) {
          assertThat(((Struct) row.value()).getInt64("id")).isEqualTo(expected++);
        }
      }
      assertThat(source.largestBatch()).isEqualTo(500);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDatabaseStoppedInMidStreamLosesAndRepeatsNothing(Database db) throws Exception {
    String table = users(db);
    insert(db, table, 20_000);
    try (SourceHarness source =
        new SourceHarness(config(db, "table", table, "batch.max.rows", "100"))) {
      List<SourceRecord> records = new ArrayList<>(source.take(1000));
      db.stop();
      assertThat(source.takeRest()).hasSizeLessThan(19_000);
      db.start();
      source.restart();
      db.kill();
      records.clear();
      source.poll();
      db.start();
      insert(db, table, 10);
      records.addAll(source.takeUntil(all -> !all.isEmpty() && ids(all).getLast() == 20_010));
      assertThat(new HashSet<>(ids(records))).hasSize(records.size());
      assertThat(ids(records)).isSorted();
    } finally {
      db.start();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anOutageWhileRowsArriveLosesAndRepeatsNothing(Database db) throws Exception {
    String table = users(db);
    insert(db, table, 5_000);
    List<SourceRecord> records = new ArrayList<>();
    try (SourceHarness source =
        new SourceHarness(config(db, "table", table, "batch.max.rows", "100"))) {
      records.addAll(source.take(700));
      db.kill();
      records.addAll(source.takeRest());
      records.addAll(source.takeRest());
      db.start();
      insert(db, table, 50);
      records.addAll(source.take(5_050 - records.size()));
      records.addAll(source.takeRest());
      assertThat(ids(records)).hasSize(5_050).isSorted().doesNotHaveDuplicates();
    } finally {
      db.start();
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsEverythingEachTimeInBulkMode(Database db) throws Exception {
    String table = users(db);
    insert(db, table, 3);
    try (SourceHarness source =
        new SourceHarness(
            config(
                db,
                "table",
                table,
                "mode",
                "bulk",
                "topic.prefix",
                "pre-",
                "poll.interval.ms",
                "10",
                "record.key",
                "primary_key"))) {
      List<SourceRecord> records = source.take(6);
      assertThat(ids(records).subList(0, 6)).containsExactly(1L, 2L, 3L, 1L, 2L, 3L);
      assertThat(records.getFirst().topic()).isEqualTo("pre-" + table);
      assertThat(((Struct) records.getFirst().key()).getInt64("id")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void findsChangedRowsByTimeAndId(Database db) throws Exception {
    String table = db.newTable();
    String time = db == Database.MARIADB ? "TIMESTAMP(6) NOT NULL" : "TIMESTAMPTZ NOT NULL";
    db.run(
        "CREATE TABLE " + table + " (" + db.autoId() + ", at " + time + ", n INT)",
        "INSERT INTO "
            + table
            + " (at, n) VALUES ('2024-01-01 10:00:00.123456', 1),"
            + " ('2024-01-01 10:00:00.123456', 2), ('2024-01-02 10:00:00', 3)");
    try (SourceHarness source =
        new SourceHarness(
            config(
                db,
                "table",
                table,
                "mode",
                "timestamp+incrementing",
                "timestamp.column.name",
                "at",
                "incrementing.column.name",
                "id",
                "batch.max.rows",
                "1"))) {
      List<SourceRecord> first = source.take(1);
      assertThat(ids(first)).containsExactly(1L);
      assertThat(first.getFirst().sourceOffset())
          .isEqualTo(
              Map.of(
                  "timestamp", 1704103200123L, "timestamp_nanos", 123456000L, "incrementing", 1L));
      source.restart();
      assertThat(ids(source.take(2))).containsExactly(2L, 3L);
      db.run("UPDATE " + table + " SET n = 9, at = '2024-01-03 00:00:00' WHERE id = 1");
      List<SourceRecord> updated = source.take(1);
      assertThat(ids(updated)).containsExactly(1L);
      assertThat(SourceHarness.values(updated, "n")).containsExactly(9);
      assertThat(source.takeRest()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void findsChangedRowsByTimeAlone(Database db) throws Exception {
    String table = db.newTable();
    String time = db == Database.MARIADB ? "DATETIME" : "TIMESTAMP";
    db.run(
        "CREATE TABLE " + table + " (id INT, made " + time + ", changed " + time + ")",
        "INSERT INTO "
            + table
            + " VALUES (1, '2024-01-01 10:00:00', NULL), (2, '2024-01-01 10:00:00', NULL), (3,"
            + " '2024-01-01 09:00:00', '2024-01-02 00:00:00')");
    try (SourceHarness source =
        new SourceHarness(
            config(
                db,
                "table",
                table,
                "timestamp.column.name",
                "changed,made",
                "db.timezone",
                "Europe/Berlin",
                "batch.max.rows",
                "1"))) {
      List<SourceRecord> first = source.take(1);
      assertThat(first.getFirst().sourceOffset()).isEmpty();
      source.restart();
      List<SourceRecord> again = source.take(2);
      assertThat(ids(again)).containsExactlyInAnyOrder(1L, 2L);
      assertThat(again.getLast().sourceOffset())
          .isEqualTo(Map.of("timestamp", 1704099600000L, "timestamp_nanos", 0L));
      source.restart();
      assertThat(ids(source.take(1))).containsExactly(3L);
      db.run("INSERT INTO " + table + " VALUES (4, '2999-01-01 00:00:00', NULL)");
      assertThat(source.takeRest()).as("the future is not read").isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aQueryIsReadInEachMode(Database db) throws Exception {
    String table = users(db);
    insert(db, table, 5);
    String query = "SELECT id, name FROM " + table + " WHERE id > 2;";
    try (SourceHarness source = new SourceHarness(config(db, "query", query, "topic", "q"))) {
      List<SourceRecord> records = source.take(3);
      assertThat(ids(records)).containsExactly(3L, 4L, 5L);
      assertThat(records.getFirst().sourcePartition()).isEqualTo(Map.of("query", "query"));
      assertThat(records.getFirst().topic()).isEqualTo("q");
      assertThat(source.takeRest()).isEmpty();
      insert(db, table, 1);
      assertThat(ids(source.take(1))).containsExactly(6L);
    }
    String commented = "SELECT id, name FROM " + table + " WHERE id > 4 -- the newest";
    try (SourceHarness source = new SourceHarness(config(db, "query", commented, "topic", "c"))) {
      assertThat(ids(source.take(2))).containsExactly(5L, 6L);
    }
    String counting = "SELECT COUNT(*) AS id FROM " + table;
    try (SourceHarness source =
        new SourceHarness(config(db, "query", counting, "topic", "q", "poll.interval.ms", "10"))) {
      assertThat(ids(source.take(2)).subList(0, 2)).containsExactly(6L, 6L);
    }
  }

  @Test
  void aConfigurationForConfluentsConnectorRunsAsItIs() throws Exception {
    Database db = Database.MARIADB;
    db.run(
        "DROP TABLE IF EXISTS users",
        "CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY, user_id INT, price DECIMAL(8,2))",
        "INSERT INTO users (user_id, price) VALUES (7, 1.50)");
    Map<String, String> config = new HashMap<>();
    config.put("connector.class", "io.confluent.connect.jdbc.JdbcSourceConnector");
    config.put("type", "source");
    config.put("table", "users");
    config.put("url", db.url().replace("jdbc:mariadb:", "jdbc:mysql:"));
    config.put("username", Database.USER);
    config.put("password", Database.USER);
    config.put("query", "SELECT * FROM users");
    config.put("transforms", "none");
    try (SourceHarness source = new SourceHarness(config)) {
      SourceRecord record = source.take(1).getFirst();
      assertThat(record.topic()).isEqualTo("users");
      Struct row = (Struct) record.value();
      assertThat(row.getInt32("user_id")).isEqualTo(7);
      assertThat(row.get("price")).isEqualTo(new java.math.BigDecimal("1.50"));
      assertThat(source.takeRest()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void offsetsOfConfluentsConnectorAreReadOn(Database db) throws Exception {
    String table = users(db);
    insert(db, table, 4);
    Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
    offsets.put(Map.of("table", table), Map.of("incrementing", 3L));
    try (SourceHarness source = new SourceHarness(config(db, "table.whitelist", table), offsets)) {
      assertThat(ids(source.take(1))).containsExactly(4L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void severalTablesAreReadByOneTask(Database db) throws Exception {
    String one = users(db);
    String two = users(db);
    insert(db, one, 3);
    insert(db, two, 4);
    try (SourceHarness source =
        new SourceHarness(config(db, "tables", one + "," + db.schema() + "." + two))) {
      List<SourceRecord> records = source.take(7);
      assertThat(records).filteredOn(r -> r.topic().equals(one)).hasSize(3);
      assertThat(records).filteredOn(r -> r.topic().equals(two)).hasSize(4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void allTablesAreThoseOfOneSchemaOrOfAPattern(Database db) throws Exception {
    for (String schema : List.of("ten_1", "tenx1", "other")) {
      db.run("CREATE SCHEMA " + schema, "CREATE TABLE " + schema + ".t (id INT)");
    }
    String url =
        db == Database.MARIADB
            ? db.url().replace("/" + db.schema(), "/ten_1")
            : db.url() + (db.url().contains("?") ? "&" : "?") + "currentSchema=ten_1";
    Map<String, String> config = config(db, "url", url);
    assertThat(tablesOf(config)).isEqualTo("\"ten_1\".\"t\"");
    config.put(db == Database.MARIADB ? "catalog.pattern" : "schema.pattern", "ten%");
    assertThat(tablesOf(config)).isEqualTo("\"ten_1\".\"t\",\"tenx1\".\"t\"");
  }

  private static String tablesOf(Map<String, String> config) {
    JdbcSourceConnector connector = new JdbcSourceConnector();
    connector.start(config);
    return connector.taskConfigs(1).getFirst().get(SourceKeys.TASK_TABLES);
  }

  @ParameterizedTest
  @EnumSource
  void severalTablesOfManyBatchesDoNotEndEachOthersResults(Database db) throws Exception {
    String one = users(db);
    String two = users(db);
    insert(db, one, 45);
    insert(db, two, 35);
    try (SourceHarness source =
        new SourceHarness(config(db, "tables", one + "," + two, "batch.max.rows", "10"))) {
      List<SourceRecord> records = source.take(80);
      assertThat(ids(records.stream().filter(r -> r.topic().equals(one)).toList()))
          .isEqualTo(upTo(45));
      assertThat(ids(records.stream().filter(r -> r.topic().equals(two)).toList()))
          .isEqualTo(upTo(35));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRowWithoutIdAmongRowsOfOneTimeStopsTheTask(Database db) throws Exception {
    String table = db.newTable();
    String time = db == Database.MARIADB ? "DATETIME" : "TIMESTAMP";
    db.run(
        "CREATE TABLE " + table + " (id INT NULL, at " + time + ")",
        "INSERT INTO " + table + " VALUES (NULL, '2024-01-01 10:00:00')");
    Map<String, String> config = config(db, "table", table, "timestamp.column.name", "at");
    config.put("incrementing.column.name", "id");
    config.put("mode", "timestamp+incrementing");
    failsWith(config, "A row without \"id\"");
  }

  /** PostgreSQL's driver keeps what it knows of columns as long as the connection. */
  @Test
  void aColumnThatMayBeNullFromNowOnIsReadOn() throws Exception {
    Database db = Database.MARIADB;
    String table = db.newTable();
    db.run("CREATE TABLE " + table + " (" + db.autoId() + ", name VARCHAR(40) NOT NULL)");
    insert(db, table, 1);
    try (SourceHarness source = new SourceHarness(config(db, "table", table))) {
      source.take(1);
      db.run(
          "ALTER TABLE " + table + " MODIFY name VARCHAR(40) NULL",
          "INSERT INTO " + table + " (name) VALUES (NULL)");
      assertThat(SourceHarness.values(source.take(1), "name")).containsOnlyNulls();
    }
  }

  @Test
  void aKeyThatGrowsWiderIsReadOn() throws Exception {
    Database db = Database.MARIADB;
    String table = db.newTable();
    db.run("CREATE TABLE " + table + " (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name TEXT)");
    insert(db, table, 1);
    Map<String, String> config = config(db, "table", table, "record.key", "primary_key");
    try (SourceHarness source = new SourceHarness(config)) {
      source.take(1);
      db.run("ALTER TABLE " + table + " MODIFY id BIGINT NOT NULL AUTO_INCREMENT");
      insert(db, table, 1);
      assertThat(((Struct) source.take(1).getFirst().key()).get("id")).isEqualTo(2L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void wrongNamesAndPasswordsFailAtOnceWithAClearMessage(Database db) throws Exception {
    String table = users(db);
    failsWith(config(db, "table", "missing_table"), "missing_table");
    failsWith(
        config(db, "table", table, "incrementing.column.name", "idd"),
        "has no column \"idd\" (incrementing.column.name). It has [id, name]");
    failsWith(config(db, "query", "SELEC 1", "topic", "t"), "SELEC");
    failsWith(config(db, "table", "t", "url", db.url() + "_nowhere"), "_nowhere");
  }

  @Test
  void aWrongPasswordFailsWithoutShowingIt() {
    failsWith(config(Database.MARIADB, "table", "t", "password", "s3cret-x"), "Access denied");
  }

  private static void failsWith(Map<String, String> config, String text) {
    try (SourceHarness source = new SourceHarness(config)) {
      assertThatThrownBy(() -> source.take(1))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining(text)
          .hasMessageNotContaining("s3cret-x");
    }
  }

  @Test
  void stopEndsAPollThatWaitsForTheDatabase() throws Exception {
    Map<String, String> config =
        config(Database.MARIADB, "table", "t", "url", "jdbc:mariadb://127.0.0.1:1/x");
    CountDownLatch away = new CountDownLatch(1);
    try (ExecutorService pool = Executors.newSingleThreadExecutor();
        SourceHarness source = new SourceHarness(config)) { // ended first: then the poll ends, too
      Future<List<SourceRecord>> polling = pool.submit(() -> pollUntilItReturns(source, away));
      assertThat(away.await(2, TimeUnit.MINUTES)).isTrue();
      source.task().stop();
      assertThat(polling.get(2, TimeUnit.MINUTES)).isNull();
    }
  }

  /** While the database is away, only a stopped task's poll returns. */
  private static List<SourceRecord> pollUntilItReturns(SourceHarness source, CountDownLatch away)
      throws InterruptedException {
    while (true) {
      try {
        return source.task().poll();
      } catch (RetriableException e) {
        away.countDown();
      }
    }
  }
}
