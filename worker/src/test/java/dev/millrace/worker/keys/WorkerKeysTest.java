package dev.millrace.worker.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

/** The table has every key of Kafka Connect, with its type, default and mode. */
final class WorkerKeysTest {

  private static final List<String> OURS =
      List.of(
          "millrace.",
          "restart.",
          "client.id",
          "connector.client.config.override.allowlist",
          "internal.",
          "rest.host.name",
          "rest.port",
          "auto.include.jmx.reporter",
          "sasl.");

  private static final Map<String, String> FILE =
      Map.of(
          "bootstrap.servers", "localhost:9092",
          "group.id", "g",
          "key.converter", "JsonConverter",
          "value.converter", "JsonConverter",
          "config.storage.topic", "c",
          "offset.storage.topic", "o",
          "status.storage.topic", "s");

  private static Stream<String[]> specified() throws IOException {
    try (var in = WorkerKeysTest.class.getResourceAsStream("kafka-connect.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split(" "))
              .toList()
              .stream();
    }
  }

  @Test
  void everyKeyOfKafkaConnectIsInTheTable() throws IOException {
    assertThat(specified())
        .allSatisfy(
            key -> {
              var mode =
                  key[key.length - 1].equals("standalone")
                      ? WorkerMode.STANDALONE
                      : WorkerMode.DISTRIBUTED;
              var found = WorkerKeys.definition(mode).configKeys().get(key[0]);
              assertThat(found).as(key[0]).isNotNull();
              assertThat(type(found))
                  .as(key[0])
                  .isEqualTo(key[1].equals("class") ? classLike(found) : key[1]);
              assertThat(standard(found)).as(key[0]).isEqualTo(expected(key));
              boolean both = !Set.of("distributed", "standalone").contains(key[key.length - 1]);
              assertThat(WorkerKeys.definition(WorkerMode.STANDALONE).names().contains(key[0]))
                  .as(key[0])
                  .isEqualTo(both || mode == WorkerMode.STANDALONE);
            });
  }

  @Test
  void nothingElseIsInTheTable() throws IOException {
    var specified = specified().map(key -> key[0]).toList();
    assertThat(WorkerKeys.all().stream().map(WorkerKey::name))
        .allMatch(name -> specified.contains(name) || OURS.stream().anyMatch(name::startsWith));
  }

  private static String type(ConfigDef.ConfigKey key) {
    return key.type.toString().toLowerCase(java.util.Locale.ROOT);
  }

  /** Converters may be named by aliases, so that they are texts here. */
  private static String classLike(ConfigDef.ConfigKey key) {
    return key.type == ConfigDef.Type.CLASS ? "class" : "string";
  }

  private static String expected(String[] key) {
    boolean hasMode = Set.of("distributed", "standalone").contains(key[key.length - 1]);
    int fields = key.length - (hasMode ? 1 : 0);
    return fields < 3 ? "" : key[2];
  }

  private static String standard(ConfigDef.ConfigKey key) {
    if (key.defaultValue == ConfigDef.NO_DEFAULT_VALUE) return "!";
    if (key.defaultValue == null) return "-";
    return key.defaultValue instanceof List<?> list
        ? String.join(",", list.stream().map(String::valueOf).toList())
        : key.defaultValue.toString();
  }

  /** {@code docs/worker.md}: those of Kafka's clients are one sentence there. */
  @Test
  void thePageNamesEveryKeyWithWhatItMeans() throws IOException {
    var page = Files.readString(Path.of("../docs/worker.md"));
    assertThat(WorkerKeys.PREFIXES).allSatisfy(prefix -> assertThat(page).contains("`" + prefix));
    assertThat(WorkerKeys.all())
        .filteredOn(key -> !key.documentation().startsWith("As in Kafka's clients"))
        .allSatisfy(
            key ->
                assertThat(page.lines().filter(line -> line.startsWith("| `" + key.name() + "` |")))
                    .singleElement()
                    .satisfies(
                        line ->
                            assertThat(line).contains(key.documentation()).contains(key.why())));
  }

  @Test
  void keysWithoutMeaningAreNamedWithTheReason() {
    assertThat(
            WorkerKeys.remarks(
                Set.of("connect.protocol", "offset.storage.file.filename", "rest.port"),
                WorkerMode.DISTRIBUTED))
        .hasSize(3)
        .allMatch(line -> line.contains("has no meaning here: "));
    assertThat(WorkerKeys.remark("group.id", WorkerMode.STANDALONE)).isPresent();
    assertThat(WorkerKeys.remark("internal.key.converter.schemas.enable", WorkerMode.STANDALONE))
        .hasValueSatisfying(line -> assertThat(line).contains("internal.key.converter"));
  }

  @Test
  void aMisspeltKeyIsNamedWithTheNearest() {
    assertThat(WorkerKeys.remark("offset.flush.intervall.ms", WorkerMode.DISTRIBUTED))
        .hasValueSatisfying(line -> assertThat(line).contains("offset.flush.interval.ms"));
    assertThat(
            WorkerKeys.remarks(
                Set.of("producer.linger.ms", "max.request.size", "config.storage.x", "listeners"),
                WorkerMode.DISTRIBUTED))
        .isEmpty();
  }

  @Test
  void allMistakesAreNamedAtOnce() {
    var file = new HashMap<>(FILE);
    file.remove("group.id");
    file.put("offset.flush.interval.ms", "soon");
    file.put("status.storage.partitions", "0");
    file.put("bootstrap.servers", "a:1,,a:1");
    assertThatThrownBy(
            () ->
                SettingsCheck.require(
                    WorkerKeys.definition(WorkerMode.DISTRIBUTED), file, Set.of()))
        .isInstanceOfSatisfying(
            SettingsException.class,
            e ->
                assertThat(e.problems().stream().map(SettingsException.Problem::key))
                    .containsExactlyInAnyOrder(
                        "group.id",
                        "offset.flush.interval.ms",
                        "status.storage.partitions",
                        "bootstrap.servers"))
        .hasMessageContaining("\"soon\"");
  }

  @Test
  void theLogShowsWhatIsInUseButNoSecrets() {
    var file = new HashMap<>(FILE);
    file.put("ssl.keystore.password", "s3cret");
    file.put("client.id", "resolved");
    var definition = WorkerKeys.definition(WorkerMode.DISTRIBUTED);
    var values = new AbstractConfig(definition, file, false);
    assertThat(WorkerKeys.shown(WorkerMode.DISTRIBUTED, values, Set.of("client.id")))
        .contains("group.id = g", "offset.flush.interval.ms = 60000", "rest.advertised.port = null")
        .contains("ssl.keystore.password = [hidden]", "client.id = [from a config provider]")
        .noneMatch(line -> line.contains("s3cret") || line.contains("resolved"))
        .hasSize(definition.names().size());
  }

  @Test
  void aValueFromAPlaceholderIsNotShown() {
    var file = new HashMap<>(FILE);
    file.put("offset.flush.interval.ms", "s3cret");
    assertThatThrownBy(
            () ->
                SettingsCheck.require(
                    WorkerKeys.definition(WorkerMode.DISTRIBUTED),
                    file,
                    Set.of("offset.flush.interval.ms")))
        .hasMessageContaining("offset.flush.interval.ms")
        .hasMessageNotContaining("s3cret");
  }
}
