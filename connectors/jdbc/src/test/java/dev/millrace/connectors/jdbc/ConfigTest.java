package dev.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings: defaults, all names, and what is refused with which words. */
class ConfigTest {
  private static final String URL = "jdbc:mysql://localhost:3306/userdb";

  private static Map<String, String> config(String... pairs) {
    Map<String, String> config = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      config.put(pairs[i], pairs[i + 1]);
    }
    return config;
  }

  private static Map<String, List<String>> sourceErrors(String... pairs) {
    Map<String, List<String>> errors = new HashMap<>();
    new JdbcSourceConnector()
        .validate(config(pairs))
        .configValues()
        .forEach(
            value -> {
              if (!value.errorMessages().isEmpty()) {
                errors.put(value.name(), value.errorMessages());
              }
            });
    return errors;
  }

  private static Map<String, List<String>> sinkErrors(String... pairs) {
    Map<String, List<String>> errors = new HashMap<>();
    new JdbcSinkConnector()
        .validate(config(pairs))
        .configValues()
        .forEach(
            value -> {
              if (!value.errorMessages().isEmpty()) {
                errors.put(value.name(), value.errorMessages());
              }
            });
    return errors;
  }

  @Test
  void sourceDefaults() {
    SourceSettings settings = SourceSettings.of(config("url", URL));
    assertThat(settings.connection())
        .isEqualTo(
            new ConnectionSettings(
                URL, Optional.empty(), Optional.empty(), Map.of(), ZoneId.of("UTC"), true));
    assertThat(settings.target())
        .isEqualTo(new SourceSettings.Target(List.of(), List.of(), "", "", Optional.empty(), ""));
    assertThat(settings.tracking())
        .isEqualTo(
            new SourceSettings.Tracking(
                Mode.AUTO,
                Optional.empty(),
                Duration.ofSeconds(10),
                List.of(),
                Duration.ofSeconds(1),
                Optional.empty(),
                true));
    assertThat(settings.output())
        .isEqualTo(new SourceSettings.Output("", "", false, NumericMapping.BEST_FIT));
    assertThat(settings.pollInterval(Mode.INCREMENTING)).isEqualTo(Duration.ofMillis(100));
    assertThat(settings.pollInterval(Mode.BULK)).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.maxRows()).isEqualTo(1000);
  }

  @Test
  void sourceUnderOtherConnectorsNames() {
    SourceSettings settings =
        SourceSettings.of(
            config(
                "connector.class",
                "io.aiven.connect.jdbc.JdbcSourceConnector",
                "connection.url",
                URL,
                "connection.user",
                "u",
                "connection.password",
                "p",
                "connection.useSsl",
                "false",
                "connection.attempts",
                "3",
                "table.whitelist",
                "a, shop.b",
                "table.blacklist",
                "c",
                "mode",
                "timestamp+incrementing",
                "incrementing.column.name",
                "id",
                "timestamp.column.name",
                "x,y",
                "timestamp.delay.interval.ms",
                "5",
                "timestamp.initial",
                "7",
                "validate.non.null",
                "false",
                "topic.prefix",
                "pre-",
                "poll.interval.ms",
                "9",
                "batch.max.rows",
                "11",
                "db.timezone",
                "Europe/Berlin",
                "quote.sql.identifiers",
                "never",
                "record.key",
                "primary_key",
                "incrementing.gap.timeout.ms",
                "13",
                "catalog.pattern",
                "k",
                "schema.pattern",
                "s",
                "query.suffix",
                "LIMIT 3"));
    assertThat(settings.connection())
        .isEqualTo(
            new ConnectionSettings(
                URL,
                Optional.of("u"),
                Optional.of(new Password("p")),
                Map.of("useSsl", "false"),
                ZoneId.of("Europe/Berlin"),
                false));
    assertThat(settings.target())
        .isEqualTo(
            new SourceSettings.Target(
                List.of(TableName.parse("a"), TableName.parse("shop.b")),
                List.of("c"),
                "k",
                "s",
                Optional.empty(),
                "LIMIT 3"));
    assertThat(settings.tracking())
        .isEqualTo(
            new SourceSettings.Tracking(
                Mode.TIMESTAMP_INCREMENTING,
                Optional.of("id"),
                Duration.ofMillis(13),
                List.of("x", "y"),
                Duration.ofMillis(5),
                Optional.of(java.time.Instant.ofEpochMilli(7)),
                false));
    assertThat(settings.output())
        .isEqualTo(new SourceSettings.Output("", "pre-", true, NumericMapping.NONE));
    assertThat(settings.pollInterval(Mode.BULK)).isEqualTo(Duration.ofMillis(9));
    assertThat(settings.maxRows()).isEqualTo(11);
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', AUTO",
    "id, '', INCREMENTING",
    "'', at, TIMESTAMP",
    "id, at, TIMESTAMP_INCREMENTING"
  })
  void theModeFollowsFromTheColumns(String id, String time, Mode mode) {
    SourceSettings settings =
        SourceSettings.of(
            config("url", URL, "incrementing.column.name", id, "timestamp.column.name", time));
    assertThat(settings.tracking().mode()).isEqualTo(mode);
  }

  @Test
  void sourceErrorsAreOnTheirKeys() {
    assertThat(sourceErrors())
        .isEqualTo(
            Map.of("url", List.of("The database's URL is missing, such as jdbc:mysql://host/db.")));
    assertThat(sourceErrors("url", "jdbc:oracle:x?password=secret"))
        .containsOnlyKeys("url")
        .asString()
        .contains("must begin with jdbc:mariadb:")
        .doesNotContain("secret");
    assertThat(sourceErrors("url", URL, "connection.url", URL + "2").get("connection.url"))
        .containsExactly(
            "\"connection.url\" is another name for \"url\", and they differ. Remove one of them.");
    assertThat(
            sourceErrors(
                "url",
                URL,
                "mode",
                "timestamp",
                "poll.interval.ms",
                "0",
                "db.timezone",
                "Mars",
                "batch.max.rows",
                "x",
                "tables",
                "a,b",
                "topic",
                "t"))
        .containsOnlyKeys(
            "timestamp.column.name", "poll.interval.ms", "db.timezone", "batch.max.rows", "topic");
    assertThat(sourceErrors("url", URL, "query", "SELECT 1", "record.key", "primary_key"))
        .containsOnlyKeys("topic", "record.key");
    assertThat(sourceErrors("url", URL, "query", "SELECT 1", "table", "a,b"))
        .containsOnlyKeys("table");
    assertThat(sourceErrors("url", URL, "timestamp.column.name", "at", "query.suffix", "limit 10"))
        .as("rows of the last time that are beyond the limit would never be read")
        .containsOnlyKeys("query.suffix");
    assertThat(
            sourceErrors(
                "url",
                URL,
                "timestamp.column.name",
                "at",
                "incrementing.column.name",
                "id",
                "query.suffix",
                "LIMIT 10"))
        .isEmpty();
    String ever = Long.toString(Long.MAX_VALUE);
    assertThat(
            sourceErrors(
                "url",
                URL,
                "incrementing.gap.timeout.ms",
                ever,
                "poll.interval.ms",
                ever,
                "timestamp.delay.interval.ms",
                ever))
        .as("which no clock could count")
        .containsOnlyKeys(
            "incrementing.gap.timeout.ms", "poll.interval.ms", "timestamp.delay.interval.ms");
    assertThatThrownBy(() -> new JdbcSourceConnector().start(config("mode", "x")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("\n  url: The database's URL is missing")
        .hasMessageContaining("\n  mode: ");
  }

  @Test
  void sinkDefaultsAndNames() {
    SinkSettings settings = SinkSettings.of(config("url", URL));
    assertThat(settings.table()).isEqualTo("${topic}");
    assertThat(settings.insertMode()).isEqualTo(SinkSettings.InsertMode.INSERT);
    assertThat(settings.key())
        .isEqualTo(new SinkSettings.Key(SinkSettings.KeyMode.NONE, List.of()));
    assertThat(settings.autoCreate()).isTrue();
    assertThat(settings.autoEvolve()).isFalse();
    assertThat(settings.deletes()).isFalse();
    assertThat(settings.batchSize()).isEqualTo(3000);
    assertThat(settings.retries()).isEqualTo(new SinkSettings.Retries(-1, Duration.ofSeconds(1)));
    SinkSettings all =
        SinkSettings.of(
            config(
                "connector.class",
                "io.confluent.connect.jdbc.JdbcSinkConnector",
                "connection.url",
                URL,
                "table.name.format",
                "x_${topic}",
                "insert.mode",
                "upsert",
                "pk.fields",
                "a,b",
                "fields.whitelist",
                "c",
                "auto.evolve",
                "true",
                "delete.enabled",
                "true",
                "batch.size",
                "5",
                "max.retries",
                "6",
                "retry.backoff.ms",
                "7"));
    assertThat(all.tableOf("t")).isEqualTo(TableName.parse("x_t"));
    assertThat(all.key())
        .isEqualTo(new SinkSettings.Key(SinkSettings.KeyMode.RECORD_KEY, List.of("a", "b")));
    assertThat(all.fields()).containsExactly("c");
    assertThat(all.autoCreate()).isFalse();
    assertThat(all.autoEvolve()).isTrue();
    assertThat(all.deletes()).isTrue();
    assertThat(all.batchSize()).isEqualTo(5);
    assertThat(all.retries()).isEqualTo(new SinkSettings.Retries(6, Duration.ofMillis(7)));
  }

  @Test
  void sinkErrorsAreOnTheirKeys() {
    assertThat(sinkErrors()).containsOnlyKeys("url");
    assertThat(sinkErrors("url", URL, "insert.mode", "upsert", "pk.mode", "none"))
        .containsOnlyKeys("pk.mode");
    assertThat(sinkErrors("url", URL, "delete.enabled", "true", "pk.mode", "kafka"))
        .containsOnlyKeys("delete.enabled");
    assertThat(sinkErrors("url", URL, "pk.mode", "kafka", "pk.fields", "a"))
        .containsOnlyKeys("pk.fields");
    assertThat(sinkErrors("url", URL, "pk.mode", "record_value")).containsOnlyKeys("pk.fields");
    assertThat(sinkErrors("url", URL, "insert.mode", "replace")).containsOnlyKeys("insert.mode");
  }

  @Test
  void tablesAreDealtOutToTasks() {
    JdbcSourceConnector connector = new JdbcSourceConnector();
    connector.start(config("url", URL, "table", "a,b,shop.c"));
    List<Map<String, String>> tasks = connector.taskConfigs(2);
    assertThat(tasks).hasSize(2);
    assertThat(tasks.stream().flatMap(t -> SourceSettings.of(t).target().tables().stream()))
        .containsExactlyInAnyOrder(
            TableName.parse("a"), TableName.parse("b"), TableName.parse("shop.c"));
    assertThat(connector.taskConfigs(9)).hasSize(3);
    connector.start(config("url", URL, "query", "SELECT 1", "topic", "t"));
    assertThat(connector.taskConfigs(9)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "incrementing, SUPPORTED",
    "timestamp+incrementing, SUPPORTED",
    "timestamp, UNSUPPORTED",
    "bulk, UNSUPPORTED",
    "auto, UNSUPPORTED"
  })
  void exactlyOnceIsPromisedOnlyWhereItHolds(String mode, ExactlyOnceSupport support) {
    Map<String, String> config = config("url", URL, "mode", mode);
    if (mode.startsWith("timestamp")) {
      config.put("timestamp.column.name", "at");
    }
    assertThat(new JdbcSourceConnector().exactlyOnceSupport(config)).isEqualTo(support);
  }

  @Test
  void offsetsArePlausibleWhenAPersonSetsThem() {
    JdbcSourceConnector connector = new JdbcSourceConnector();
    Map<String, Object> table = Map.of("protocol", "1", "table", "shop.users");
    assertThat(connector.alterOffsets(Map.of(), Map.of(table, Map.of("incrementing", 5L))))
        .isTrue();
    Map<Map<String, ?>, Map<String, ?>> removal = new HashMap<>();
    removal.put(table, null);
    assertThat(connector.alterOffsets(Map.of(), removal)).isTrue();
    assertThatThrownBy(
            () -> connector.alterOffsets(Map.of(), Map.of(table, Map.of("incrementing", "5"))))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("\"incrementing\" = 5; it must be a whole number");
    for (String gaps : List.of("3-", "-5", "3,,5", "1-2-3", "99999999999999999999")) {
      assertThatThrownBy(
              () -> connector.alterOffsets(Map.of(), Map.of(table, Map.of("gaps", gaps))))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("it must look like \"3-5,9\"");
    }
    assertThat(connector.alterOffsets(Map.of(), Map.of(table, Map.of("gaps", "3-5,9")))).isTrue();
    assertThatThrownBy(() -> connector.alterOffsets(Map.of(), Map.of(Map.of("file", "x"), table)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("is none of a JDBC source");
  }

  @Test
  void secretsAreNotShown() {
    ConnectionSettings settings =
        SourceSettings.of(
                config(
                    "url", "jdbc:mysql://root:geheim@h/db?password=geheim", "password", "geheim"))
            .connection();
    assertThat(settings.toString()).isEqualTo("jdbc:mysql://h/db");
    assertThat(ConnectionSettings.withoutSecrets("jdbc:mysql://root:ge/he@im@h:3306/db?a=b@c"))
        .isEqualTo("jdbc:mysql://h:3306/db");
  }

  @ParameterizedTest
  @CsvSource({
    "postgres://me:geheim@h/db, postgres://h/db",
    "jdbc:mysql:h/db?user=me&password=geheim, must have // before the host",
  })
  void aWrongUrlIsRefusedWithoutItsSecrets(String url, String told) {
    assertThat(sourceErrors("url", url, "table", "t").get("url"))
        .singleElement()
        .asString()
        .contains(told)
        .doesNotContain("geheim");
    assertThatThrownBy(() -> SourceSettings.of(config("url", url, "table", "t")))
        .hasMessageNotContaining("geheim");
    if (!url.startsWith("jdbc:")) {
      assertThatThrownBy(() -> Dialect.of(url)).hasMessageNotContaining("geheim");
    }
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(new JdbcSourceConnector().version()).matches("[0-9]+\\.[0-9]+.*");
    assertThat(new JdbcSinkTask().version()).isEqualTo(new JdbcSourceTask().version());
  }
}
