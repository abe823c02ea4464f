package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.worker.keys.WorkerMode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Properties files are read as Java reads them, and every mistake has its line. */
final class PropertyFileTest {

  private static final Path FILE = Path.of("worker.properties");
  private static final List<String> PIECES =
      List.of(
          "bootstrap.servers",
          "group.id",
          "listeners",
          "key.converter",
          "offset.flush.interval.ms",
          "config.providers",
          "config.providers.p.class",
          "plugin.path",
          "=",
          ":",
          " ",
          "\t",
          "\\",
          "\\\\",
          "\n",
          "\r\n",
          "\r",
          "#",
          "!",
          "\\u0041",
          "\\u00g1",
          "\\n",
          "\f",
          "${p:x}",
          "é",
          "-1",
          "0",
          "http://:0",
          ",",
          "\0",
          "config.storage.topic",
          "millrace.data.dir",
          "true");

  @TempDir private Path folder;

  /** Rounds of the fuzzing; more with {@code -Dmillrace.fuzz.rounds}. */
  private static int rounds() {
    return Integer.getInteger("millrace.fuzz.rounds", 20_000);
  }

  private static String text(Random random) {
    var text = new StringBuilder();
    for (int i = random.nextInt(25); i > 0; i--) {
      text.append(
          random.nextInt(20) == 0
              ? String.valueOf((char) random.nextInt(256))
              : PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  @Test
  void anyTextIsReadAsJavaDoesOrRefusedWithItsLine() throws IOException {
    for (int seed = 0; seed < rounds(); seed++) {
      String text = text(new Random(seed));
      var expected = new Properties();
      boolean readable = true;
      try {
        expected.load(new StringReader(text));
      } catch (IllegalArgumentException e) {
        readable = false;
      }
      try {
        var found = PropertyFile.parse(FILE, text);
        assertThat(readable).as("seed " + seed).isTrue();
        assertThat(found.values()).as("seed " + seed).isEqualTo(expected);
      } catch (CommandFailure e) {
        assertThat(readable).as("seed " + seed + ": " + e.getMessage()).isFalse();
        assertThat(e.getMessage()).startsWith(FILE + ":");
      }
    }
  }

  @Test
  void anyFileGivesSettingsOrAClearFailure() {
    var outside = new Outside(System.out, System.err, false, Map.of(), folder, "", new Stop());
    for (int seed = 0; seed < rounds() / 10; seed++) {
      for (WorkerMode mode : WorkerMode.values()) {
        try {
          var file = new WorkerFile(PropertyFile.parse(FILE, text(new Random(seed))), mode);
          file.repetitions();
          file.settings(outside).remarks();
        } catch (CommandFailure e) {
          assertThat(e.getMessage()).contains(FILE.toString());
        }
      }
    }
  }

  private static final List<String> JSON_PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"name\"",
          "\"config\"",
          "\"initial_state\"",
          "\"c\"",
          "\"STOPPED\"",
          "null",
          "true",
          "1e999",
          "-1",
          "\"\"",
          " ",
          "\n",
          "name=c",
          "a=b",
          "=",
          "\\",
          "#",
          "\"\\ud800\"",
          "é",
          "\0",
          "\uFEFF");

  @Test
  void anyConnectorFileGivesAConnectorOrAClearFailure() throws IOException {
    Path file = folder.resolve("any");
    for (int seed = 0; seed < rounds() / 10; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder(random.nextBoolean() ? "{\"name\":\"c\"" : "");
      for (int i = random.nextInt(20); i > 0; i--) {
        text.append(JSON_PIECES.get(random.nextInt(JSON_PIECES.size())));
      }
      Files.writeString(file, text);
      try {
        var connector = ConnectorFile.read(file);
        assertThat(connector.config()).as("seed " + seed).containsEntry("name", connector.name());
      } catch (CommandFailure e) {
        assertThat(e.getMessage()).as("seed " + seed).contains(file.toString());
      }
    }
  }

  @Test
  void linesAreThoseOfTheKeys() {
    var file = PropertyFile.parse(FILE, "# c \\\na=1\n\nb = 2\\\n  3\nc:4\na=5\n");
    assertThat(file.values()).isEqualTo(Map.of("a", "5", "b", "23", "c", "4"));
    assertThat(file.lines()).isEqualTo(Map.of("a", 7, "b", 4, "c", 6));
    assertThat(new WorkerFile(file, WorkerMode.ALONE).repetitions())
        .containsExactly(FILE + ":2: the value of a is replaced by that of line 7");
  }

  @Test
  void aFileIsLatin1AsForKafkaConnect() throws IOException {
    Path file = Files.write(folder.resolve("f"), "a=\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(PropertyFile.read(file).values()).isEqualTo(Map.of("a", "\u00e9"));
  }

  @Test
  void allMistakesOfAWorkerFileAreSaidWithTheirLines() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("connect-distributed.properties"),
            """
            bootstrap.servers=localhost:1
            key.converter=JsonConverter
            offset.flush.interval.ms=soon
            status.storage.partitions=0
            offset.storage.topic=o
            status.storage.topic=s
            config.storage.topic=c
            """);
    Cli result = Cli.run(folder, Map.of(), "worker", file.toString());
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .contains(file + " has 4 mistakes")
        .contains(file + ":3: The setting offset.flush.interval.ms cannot be \"soon\"")
        .contains(file + ":4: The setting status.storage.partitions cannot be \"0\"")
        .contains(file + ": The setting group.id is required")
        .contains(file + ": The setting value.converter is required");
  }

  private static final String COMMON =
      """
      bootstrap.servers=kafka-0:9092,kafka-1:9092
      group.id=connect-cluster
      key.converter=org.apache.kafka.connect.json.JsonConverter
      value.converter=org.apache.kafka.connect.json.JsonConverter
      offset.storage.topic=connect-offsets
      config.storage.topic=connect-configs
      status.storage.topic=connect-status
      """;

  /** The keys that images in the field write, in their ways of writing them. */
  private static final Map<String, String> STYLES =
      Map.of(
          "of a distribution",
          """
          key.converter.schema.registry.url = http://localhost:8081
          config.storage.replication.factor: 1
          offset.storage.replication.factor 1
          internal.key.converter=org.apache.kafka.connect.json.JsonConverter
          internal.key.converter.schemas.enable=false
          # rest.port=8083
          consumer.interceptor.classes=org.example.Interceptor
          plugin.path=/usr/share/java,/usr/share/plugins
          offset.flush.interval.ms=10000
          """,
          "of a container with an entry point",
          """
          rest.advertised.host.name=172.17.0.5
          rest.advertised.port=8083
          rest.host.name=172.17.0.5
          rest.port=8083
          task.shutdown.graceful.timeout.ms=10000
          offset.flush.timeout.ms=5000
          status.storage.partitions=5
          connector.client.config.override.policy=All
          """,
          "of an operator",
          """
          listeners=http://0.0.0.0:8083
          rest.advertised.host.name=${strimzienv:ADVERTISED_HOSTNAME}
          rest.advertised.port=8083
          security.protocol=SSL
          ssl.truststore.type=PEM
          ssl.truststore.certificates=${strimzisecrets:ns/ca:*.crt}
          producer.security.protocol=SSL
          consumer.client.rack=${strimzidir:/opt/init:rack.id}
          config.providers=strimzienv,strimzidir,strimzisecrets
          config.providers.strimzienv.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider
          config.providers.strimzienv.param.allowlist.pattern=.*
          config.providers.strimzidir.class=org.apache.kafka.common.config.provider.DirectoryConfigProvider
          config.providers.strimzisecrets.class=io.strimzi.kafka.KubernetesSecretConfigProvider
          """);

  @Test
  void filesOfKnownImagesAreTakenAsTheyAre() {
    var outside = new Outside(System.out, System.err, false, Map.of(), folder, "", new Stop());
    STYLES.forEach(
        (style, more) -> {
          var file = PropertyFile.parse(FILE, COMMON + more);
          var settings = new WorkerFile(file, WorkerMode.DISTRIBUTED).settings(outside);
          assertThat(settings.bootstrapServers()).as(style).startsWith("kafka-0:9092");
          assertThat(settings.remarks())
              .as(style)
              .allMatch(
                  line -> line.matches(".* (internal\\.key\\.converter|rest\\.).* no meaning.*"));
        });
  }

  @Test
  void aConnectorComesInAnyOfKafkaConnectsForms() throws IOException {
    var flat = connector("{\"name\":\"c\",\"tasks.max\":2}");
    assertThat(flat.config()).isEqualTo(Map.of("name", "c", "tasks.max", "2"));
    var wrapped =
        connector("{\"name\":\"c\",\"config\":{\"a\":\"b\"},\"initial_state\":\"paused\",\"x\":1}");
    assertThat(wrapped.config()).isEqualTo(Map.of("name", "c", "a", "b"));
    assertThat(wrapped.target()).isEqualTo(dev.millrace.model.TargetState.PAUSED);
    assertThat(connector("name=c\na=b\n").config()).isEqualTo(Map.of("name", "c", "a", "b"));
  }

  @Test
  void aConnectorFileThatIsNoneSaysWhy() {
    for (String text :
        List.of(
            "",
            "a=b",
            "{",
            "{}",
            "{\"name\":\"c\",\"config\":{\"name\":\"d\"}}",
            "{\"name\":\"c\",\"config\":{},\"initial_state\":\"asleep\"}",
            "{\"name\":\"c\",\"a\":{}}")) {
      assertThatThrownBy(() -> connector(text))
          .as(text)
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("is no connector: ");
    }
  }

  private ConnectorFile connector(String text) throws IOException {
    return ConnectorFile.read(Files.writeString(folder.resolve("connector"), text));
  }
}
