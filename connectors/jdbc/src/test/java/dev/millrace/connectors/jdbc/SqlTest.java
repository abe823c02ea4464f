package dev.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The SQL of the dialects and trackers, names, offsets, kinds of error. */
class SqlTest {
  private static final Dialect MARIADB = Dialect.of("jdbc:mysql://h/db");
  private static final Dialect POSTGRES = Dialect.of("jdbc:postgresql://h/db");

  @Test
  void namesAreSplitAndQuoted() {
    assertThat(TableName.parse("shop.users").sql(new Quotes("`"))).isEqualTo("`shop`.`users`");
    assertThat(TableName.parse("`a.b`.\"c\"").parts()).containsExactly("a.b", "c");
    assertThat(TableName.parse("users").in("shop").dotted()).isEqualTo("shop.users");
    assertThat(TableName.parse("x.users").in("shop").dotted()).isEqualTo("x.users");
    assertThat(new Quotes("\"").quote("a\"b")).isEqualTo("\"a\"\"b\"");
    assertThat(new Quotes("").quote("a\"b")).isEqualTo("a\"b");
    assertThatThrownBy(() -> TableName.parse("a..b")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void upserts() {
    assertThat(MARIADB.upsertSuffix(List.of("`a`"), List.of("`b`", "`c`")))
        .isEqualTo(" ON DUPLICATE KEY UPDATE `b` = VALUES(`b`), `c` = VALUES(`c`)");
    assertThat(MARIADB.upsertSuffix(List.of("`a`"), List.of()))
        .isEqualTo(" ON DUPLICATE KEY UPDATE `a` = VALUES(`a`)");
    assertThat(POSTGRES.upsertSuffix(List.of("a"), List.of("b")))
        .isEqualTo(" ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b");
    assertThat(POSTGRES.upsertSuffix(List.of("a"), List.of()))
        .isEqualTo(" ON CONFLICT (a) DO NOTHING");
  }

  @Test
  void mysqlUrlsWorkWithMariaDbsDriver() {
    assertThat(Drivers.permittingMysqlScheme("jdbc:mysql://h/d?a=b"))
        .isEqualTo("jdbc:mysql://h/d?a=b&permitMysqlScheme");
    assertThat(Drivers.permittingMysqlScheme("jdbc:mariadb://h/d")).isEqualTo("jdbc:mariadb://h/d");
    assertThatThrownBy(() -> Dialect.of("jdbc:h2:mem:x?password=p"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("\"jdbc:h2:mem:x\"");
  }

  @Test
  void incrementingAsksForWhatIsNewAndWhatIsMissing() {
    IncrementingTracker tracker =
        new IncrementingTracker("t", "id", "`id`", Duration.ofNanos(10), Map.of(), 0);
    assertThat(tracker.clauses(Instant.EPOCH, 0)).isEqualTo(" ORDER BY `id`");
    Tracker.Mark four = new Tracker.Mark(4, Optional.empty());
    assertThat(tracker.deliver(four, Optional.empty(), 1))
        .isEqualTo(Map.of("incrementing", 4L, "gaps", "1-3"));
    tracker.finished();
    assertThat(tracker.clauses(Instant.EPOCH, 12))
        .isEqualTo(" WHERE `id` > 4 OR `id` BETWEEN 1 AND 3 ORDER BY `id`");
    tracker.finished();
    assertThat(tracker.clauses(Instant.EPOCH, 13)).isEqualTo(" WHERE `id` > 4 ORDER BY `id`");
  }

  @Test
  void timestampsAreComparedAsTheColumnStoresThem() {
    TimestampTracker tracker =
        new TimestampTracker(
            List.of(new TimestampTracker.TimeColumn("at", "at", TimeKind.INSTANT)),
            Optional.of(new TimestampTracker.IdColumn("id", "id")),
            new TimestampTracker.Rules(POSTGRES, ZoneId.of("UTC"), Duration.ofSeconds(1)),
            Optional.empty(),
            Map.of("timestamp", 1500L, "timestamp_nanos", 500_001_000L, "incrementing", 3L));
    assertThat(tracker.clauses(Instant.parse("2024-01-01T00:00:05.9Z"), 0))
        .isEqualTo(
            " WHERE at < TIMESTAMPTZ '2024-01-01 00:00:04.000000+00'"
                + " AND (at > TIMESTAMPTZ '1970-01-01 00:00:01.500001+00'"
                + " OR (at = TIMESTAMPTZ '1970-01-01 00:00:01.500001+00' AND id > 3))"
                + " ORDER BY at, id");
  }

  @Test
  void aTimeIsPassedOnlyWhenAllItsRowsAreDelivered() {
    TimestampTracker tracker =
        new TimestampTracker(
            List.of(new TimestampTracker.TimeColumn("at", "`at`", TimeKind.WALL_CLOCK)),
            Optional.empty(),
            new TimestampTracker.Rules(MARIADB, ZoneId.of("UTC"), Duration.ZERO),
            Optional.of(Instant.EPOCH),
            Map.of());
    Tracker.Mark one = new Tracker.Mark(0, Optional.of(Instant.ofEpochMilli(1000)));
    Tracker.Mark two = new Tracker.Mark(0, Optional.of(Instant.ofEpochMilli(2000)));
    assertThat(tracker.deliver(one, Optional.of(one), 0)).containsEntry("timestamp", 0L);
    assertThat(tracker.deliver(one, Optional.of(two), 0)).containsEntry("timestamp", 1000L);
    assertThat(tracker.clauses(Instant.ofEpochSecond(9), 0))
        .isEqualTo(
            " WHERE `at` < TIMESTAMP'1970-01-01 00:00:09.000000'"
                + " AND `at` > TIMESTAMP'1970-01-01 00:00:01.000000' ORDER BY `at`");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "SELECT * FROM users; true",
        "select id, name from shop.users u where id > 3; true",
        "SELECT * FROM a JOIN b ON a.x = b.x; false",
        "SELECT * FROM a, b; false",
        "SELECT id, COUNT(*) FROM a GROUP BY id; false",
        "SELECT * FROM (SELECT 1) q; false",
        "SELECT DISTINCT id FROM a; false"
      })
  void onlyQueriesOfOneTableAreSearchedForAnId(String query, boolean simple) {
    assertThat(Probe.isSimple(query)).isEqualTo(simple);
  }

  @Test
  void errorsThatPassAreToldFromThoseThatStay() {
    assertThat(DatabaseErrors.passes(new SQLException("x", "08000"), false)).isTrue();
    assertThat(DatabaseErrors.passes(new SQLException("x", "57P03"), false)).isTrue();
    assertThat(DatabaseErrors.passes(new SQLException("x", "40001"), false)).isTrue();
    assertThat(DatabaseErrors.passes(new SQLException("x", "HY000", 1927), false)).isTrue();
    assertThat(DatabaseErrors.passes(new SQLException("x", new IOException("y")), false)).isTrue();
    assertThat(DatabaseErrors.passes(new SQLException("x", "42S02", 1146), true)).isFalse();
    SQLException refused = new SQLException("x", "28000", 1045);
    assertThat(DatabaseErrors.passes(refused, false)).isFalse();
    assertThat(DatabaseErrors.passes(refused, true)).isTrue();
  }

  @Test
  void pausesGrowUpToTenSeconds() {
    Backoff backoff = new Backoff(new Random(1));
    long longest = 100;
    for (int i = 0; i < 12; i++) {
      assertThat(backoff.next().toMillis()).isBetween(longest / 2, longest);
      longest = Math.min(10_000, longest * 2);
    }
    backoff.reset();
    assertThat(backoff.next().toMillis()).isLessThanOrEqualTo(100);
  }
}
