package dev.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;

/** Which column becomes which field, on real databases. */
class JdbcTypesIT {

  private static Struct read(Database db, String table, String... pairs) throws Exception {
    Map<String, String> config = db.config();
    config.put("table", table);
    config.put("mode", "bulk");
    for (int i = 0; i < pairs.length; i += 2) {
      config.put(pairs[i], pairs[i + 1]);
    }
    try (SourceHarness source = new SourceHarness(config)) {
      return (Struct) source.take(1).getFirst().value();
    }
  }

  private static void is(Struct row, String field, Schema.Type type, Object value) {
    assertThat(row.schema().field(field).schema().type()).as(field).isEqualTo(type);
    Object actual = row.get(field);
    if (actual instanceof byte[] bytes) {
      actual = new String(bytes, StandardCharsets.UTF_8);
    }
    assertThat(actual).as(field).isEqualTo(value);
  }

  private static Object at(String instant) {
    return ConnectTimes.of(Instant.parse(instant));
  }

  @Test
  void mariaDb() throws Exception {
    Database db = Database.MARIADB;
    String table = db.newTable();
    db.run(
        "CREATE TABLE "
            + table
            + " (ti TINYINT NOT NULL, tu TINYINT UNSIGNED, t1 TINYINT(1),"
            + " bo BOOLEAN, b1 BIT(1), b9 BIT(16), si SMALLINT, su SMALLINT UNSIGNED, mi MEDIUMINT,"
            + " i INT, iu INT UNSIGNED, bi BIGINT, bu BIGINT UNSIGNED, f FLOAT, d DOUBLE,"
            + " n0 DECIMAL(9,0), n2 DECIMAL(10,2), n30 DECIMAL(30,5), c CHAR(3), v VARCHAR(9),"
            + " tx LONGTEXT, bl BLOB, vb VARBINARY(9), da DATE, tm TIME, dt DATETIME(3),"
            + " ts TIMESTAMP NULL, y YEAR, e ENUM('a','b'), s SET('a','b'), j JSON, u UUID)",
        "SET time_zone = '+02:00'",
        "INSERT INTO "
            + table
            + " VALUES (-1, 255, 1, TRUE, b'1', b'0100000101000010', -2, 65535,"
            + " -3, -4, 4294967295, -5, 9223372036854775807, 0.5, 0.25, 123456789, 12.34,"
            + " 1234567890.12345, 'äb', 'v', 'text', 'AB', 'CD', '2024-02-29', '23:59:59',"
            + " '2024-01-01 10:00:00.123', '2024-01-01 10:00:00', 2024, 'b', 'a,b', '{\"x\":1}',"
            + " '12345678-1234-1234-1234-123456789abc')");
    Struct row = read(db, table, "db.timezone", "Europe/Berlin");
    is(row, "ti", Schema.Type.INT8, (byte) -1);
    assertThat(row.schema().field("ti").schema().isOptional()).isFalse();
    assertThat(row.schema().field("tu").schema().isOptional()).isTrue();
    is(row, "tu", Schema.Type.INT16, (short) 255);
    is(row, "t1", Schema.Type.BOOLEAN, true);
    is(row, "bo", Schema.Type.BOOLEAN, true);
    is(row, "b1", Schema.Type.BOOLEAN, true);
    is(row, "b9", Schema.Type.BYTES, "AB");
    is(row, "si", Schema.Type.INT16, (short) -2);
    is(row, "su", Schema.Type.INT32, 65535);
    is(row, "mi", Schema.Type.INT32, -3);
    is(row, "i", Schema.Type.INT32, -4);
    is(row, "iu", Schema.Type.INT64, 4294967295L);
    is(row, "bi", Schema.Type.INT64, -5L);
    is(row, "bu", Schema.Type.INT64, Long.MAX_VALUE);
    is(row, "f", Schema.Type.FLOAT32, 0.5f);
    is(row, "d", Schema.Type.FLOAT64, 0.25);
    is(row, "n0", Schema.Type.INT32, 123456789);
    is(row, "n2", Schema.Type.FLOAT64, 12.34);
    is(row, "n30", Schema.Type.BYTES, new BigDecimal("1234567890.12345"));
    is(row, "c", Schema.Type.STRING, "äb");
    is(row, "v", Schema.Type.STRING, "v");
    is(row, "tx", Schema.Type.STRING, "text");
    is(row, "bl", Schema.Type.BYTES, "AB");
    is(row, "vb", Schema.Type.BYTES, "CD");
    is(row, "da", Schema.Type.INT32, at("2024-02-29T00:00:00Z"));
    is(row, "tm", Schema.Type.INT32, at("1970-01-01T23:59:59Z"));
    is(row, "dt", Schema.Type.INT64, at("2024-01-01T09:00:00.123Z"));
    is(row, "ts", Schema.Type.INT64, at("2024-01-01T08:00:00Z"));
    is(row, "y", Schema.Type.INT32, 2024);
    is(row, "e", Schema.Type.STRING, "b");
    is(row, "s", Schema.Type.STRING, "a,b");
    is(row, "j", Schema.Type.STRING, "{\"x\":1}");
    is(row, "u", Schema.Type.STRING, "12345678-1234-1234-1234-123456789abc");
    Struct exact = read(db, table, "numeric.mapping", "none");
    is(exact, "n2", Schema.Type.BYTES, new BigDecimal("12.34"));
    is(exact, "n0", Schema.Type.BYTES, new BigDecimal("123456789"));
    db.run("DELETE FROM " + table, "INSERT INTO " + table + " (ti) VALUES (1)");
    Struct nulls = read(db, table);
    nulls.schema().fields().stream()
        .filter(field -> !field.name().equals("ti"))
        .forEach(field -> assertThat(nulls.get(field)).as(field.name()).isNull());
  }

  @Test
  void postgres() throws Exception {
    Database db = Database.POSTGRES;
    String table = db.newTable();
    db.run(
        "CREATE TYPE mood_" + table + " AS ENUM ('sad', 'ok')",
        "CREATE TABLE "
            + table
            + " (si SMALLINT NOT NULL, i INT, bi BIGINT, r REAL, d DOUBLE"
            + " PRECISION, n0 NUMERIC(9,0), n2 NUMERIC(10,2), n30 NUMERIC(30,5), nn NUMERIC,"
            + " m MONEY, bo BOOLEAN, bt BIT(3), c CHAR(3), v VARCHAR(9), tx TEXT, by BYTEA,"
            + " da DATE, tm TIME, ts TIMESTAMP, tz TIMESTAMPTZ, e mood_"
            + table
            + ", j JSON,"
            + " jb JSONB, u UUID, a INT[], ip INET, iv INTERVAL)",
        "INSERT INTO "
            + table
            + " VALUES (-1, -2, -3, 0.5, 0.25, 123456789, 12.34, 1234567890.12345, 1.5, 3.5, TRUE,"
            + " B'101', 'äb', 'v', 'text', 'AB', '2024-02-29', '23:59:59', '2024-01-01"
            + " 10:00:00.123', '2024-01-01 10:00:00+02', 'ok', '{\"x\":1}', '{\"x\": 1}',"
            + " '12345678-1234-1234-1234-123456789abc', '{1,2}', '10.0.0.1', '1 day')");
    Struct row = read(db, table, "db.timezone", "Europe/Berlin");
    is(row, "si", Schema.Type.INT16, (short) -1);
    assertThat(row.schema().field("si").schema().isOptional()).isFalse();
    assertThat(row.schema().field("i").schema().isOptional()).isTrue();
    is(row, "i", Schema.Type.INT32, -2);
    is(row, "bi", Schema.Type.INT64, -3L);
    is(row, "r", Schema.Type.FLOAT32, 0.5f);
    is(row, "d", Schema.Type.FLOAT64, 0.25);
    is(row, "n0", Schema.Type.INT32, 123456789);
    is(row, "n2", Schema.Type.FLOAT64, 12.34);
    is(row, "n30", Schema.Type.BYTES, new BigDecimal("1234567890.12345"));
    is(row, "nn", Schema.Type.FLOAT64, 1.5);
    assertThat(row.getString("m")).contains("3.50");
    is(row, "bo", Schema.Type.BOOLEAN, true);
    is(row, "bt", Schema.Type.STRING, "101");
    is(row, "c", Schema.Type.STRING, "äb ");
    is(row, "v", Schema.Type.STRING, "v");
    is(row, "tx", Schema.Type.STRING, "text");
    is(row, "by", Schema.Type.BYTES, "AB");
    is(row, "da", Schema.Type.INT32, at("2024-02-29T00:00:00Z"));
    is(row, "tm", Schema.Type.INT32, at("1970-01-01T23:59:59Z"));
    is(row, "ts", Schema.Type.INT64, at("2024-01-01T09:00:00.123Z"));
    is(row, "tz", Schema.Type.INT64, at("2024-01-01T08:00:00Z"));
    is(row, "e", Schema.Type.STRING, "ok");
    is(row, "j", Schema.Type.STRING, "{\"x\":1}");
    is(row, "jb", Schema.Type.STRING, "{\"x\": 1}");
    is(row, "u", Schema.Type.STRING, "12345678-1234-1234-1234-123456789abc");
    is(row, "a", Schema.Type.STRING, "{1,2}");
    is(row, "ip", Schema.Type.STRING, "10.0.0.1");
    is(row, "iv", Schema.Type.STRING, "1 day");
    db.run("DELETE FROM " + table, "INSERT INTO " + table + " (si) VALUES (1)");
    Struct nulls = read(db, table, "numeric.mapping", "none");
    nulls.schema().fields().stream()
        .filter(field -> !field.name().equals("si"))
        .forEach(field -> assertThat(nulls.get(field)).as(field.name()).isNull());
  }

  @Test
  void aValueThatDoesNotFitSaysWhichAndWhatToDo() throws Exception {
    Database db = Database.MARIADB;
    String table = db.newTable();
    db.run(
        "CREATE TABLE " + table + " (n BIGINT UNSIGNED)",
        "INSERT INTO " + table + " VALUES (18446744073709551615)");
    assertThatThrownBy(() -> read(db, table))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("\"18446744073709551615\" of column \"n\" does not fit into INT64")
        .hasMessageContaining("casts the column");
  }
}
