package dev.millrace.reference;

import static dev.millrace.reference.ValidationCase.source;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.rest.RestServer;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Apache Kafka Connect and Millrace are asked to validate the same configurations and give the same
 * answers, in status, counts, keys, order, definitions, values and messages. What differs on
 * purpose is in {@link ValidationDifferences}.
 */
class ValidationConformanceIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String JSON_CONVERTER = "org.apache.kafka.connect.json.JsonConverter";

  @TempDir static Path folder;

  private static EmbeddedKafka kafka;
  private static ReferenceConnect reference;
  private static Worker millrace;

  @BeforeAll
  static void start() throws IOException {
    var plugins = folder.resolve("plugins");
    PluginArchives.write(plugins, "1.0");
    PluginArchives.write(plugins, "2.0");
    copyFileConnectors(plugins);
    kafka = EmbeddedKafka.builder().dataDir(folder.resolve("kafka")).start();
    reference =
        ReferenceConnect.start(
            kafka.bootstrapServers(),
            folder.resolve("reference"),
            Map.of("plugin.path", plugins.toString()));
    millrace = Worker.builder().settings(settings(plugins)).rest(RestServer.factory()).start();
    reference.awaitReady();
  }

  /** In Kafka Connect they are on the class path. */
  private static void copyFileConnectors(Path plugins) throws IOException {
    try (var jars = Files.list(Path.of(System.getProperty("reference.lib")))) {
      var jar = jars.filter(j -> j.getFileName().toString().startsWith("connect-file")).findFirst();
      Files.copy(
          jar.orElseThrow(), Files.createDirectories(plugins.resolve("file")).resolve("f.jar"));
    }
  }

  /** By manifests only: the classes of the plugins are on the class path of this test, too. */
  private static WorkerSettings settings(Path plugins) {
    return WorkerSettings.of(
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "group.id",
            "reference",
            "listeners",
            "http://127.0.0.1:0",
            "plugin.discovery",
            "service_load",
            "plugin.path",
            plugins.toString(),
            "key.converter",
            JSON_CONVERTER,
            "value.converter",
            JSON_CONVERTER,
            "offset.storage.topic",
            "millrace-offsets",
            "millrace.data.dir",
            folder.resolve("millrace").toString()));
  }

  @AfterAll
  static void stop() {
    millrace.close();
    reference.close();
    kafka.close();
  }

  static Stream<ValidationCase> cases() {
    return Stream.concat(FrameworkKeyCases.all(), PluginKeyCases.all());
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("cases")
  void bothSayTheSame(ValidationCase given) throws Exception {
    var theirs = ask(reference.rest(), given);
    var ours = ask(millrace.restUri().orElseThrow(), given);
    assertThat(ours.path("status").asInt())
        .as("status, %s", ours)
        .isEqualTo(theirs.path("status").asInt());
    var difference = ValidationDifferences.between(theirs.path("body"), ours.path("body"));
    assertThat(difference).as("what differs").isEmpty();
  }

  static Stream<ValidationCase> broken() {
    return Stream.concat(PluginKeyCases.broken(), PluginKeyCases.brokenElsewhere());
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("broken")
  @DisplayName("§11.21 a plugin that cannot be made gives one error, where it is named")
  void aBrokenPluginGivesOneErrorWhereItIsNamed(ValidationCase given) throws Exception {
    var named =
        given.config().entrySet().stream()
            .filter(setting -> setting.getValue().contains("Broken$"))
            .map(Map.Entry::getKey)
            .toList();
    var body = ask(millrace.restUri().orElseThrow(), given).path("body");
    assertThat(body.path("error_count").asInt()).as(body.toString()).isEqualTo(1);
    var wrong = new ArrayList<String>();
    for (JsonNode entry : body.path("configs")) {
      if (!entry.at("/value/errors").isEmpty()) wrong.add(entry.at("/value/name").asText());
    }
    assertThat(wrong).isEqualTo(named);
  }

  static Stream<ValidationCase> differences() {
    return Stream.of(
        source("transforms", "none"),
        source("connector.class", null),
        source("connector.plugin.version", "9"),
        source("connector.plugin.version", ""),
        source("exactly.once.support", "REQUIRED"),
        source("transaction.boundary", "connector", "boundaries", "null"),
        ValidationCase.of("Nope", Map.of(), "connector.class", "Nope", "name", "x"));
  }

  /** See the decision record 0029. */
  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("differences")
  void whatDiffersOnPurposeStillDoes(ValidationCase given) throws Exception {
    var theirs = ask(reference.rest(), given);
    var ours = ask(millrace.restUri().orElseThrow(), given);
    assertThat(ours.path("status").asInt()).isEqualTo(theirs.path("status").asInt());
    assertThat(ValidationDifferences.between(theirs.path("body"), ours.path("body"))).isNotEmpty();
  }

  private static JsonNode ask(URI rest, ValidationCase given) throws Exception {
    var request =
        HttpRequest.newBuilder(
                rest.resolve("/connector-plugins/" + given.plugin() + "/config/validate"))
            .timeout(Duration.ofMinutes(3))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(given.config())))
            .build();
    var response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    var answer = JSON.createObjectNode().put("status", response.statusCode());
    answer.set("body", JSON.readTree(response.body()));
    return answer;
  }
}
