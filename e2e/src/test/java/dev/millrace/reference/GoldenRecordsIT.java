package dev.millrace.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.e2e.Await;
import dev.millrace.e2e.Rest;
import dev.millrace.kafka.ConnectJson;
import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.kafka.config.FactEncoder;
import dev.millrace.kafka.config.FactRecord;
import dev.millrace.model.Fact;
import dev.millrace.model.TargetState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Kafka Connect writes into its internal topics is what the golden files of module kafka say,
 * against which our codecs are tested; and it reads what our codecs write. With {@code
 * -Dgolden.record=true} the files are written anew.
 */
class GoldenRecordsIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Path GOLDEN = Path.of("../kafka/src/test/resources/golden/internal-topics");
  private static final String INPUT = "target/golden-input.txt"; // the same text everywhere
  private static final List<String> TOPICS =
      List.of("reference-configs", "reference-status", "reference-offsets");
  private static final Map<String, Object> FILE =
      Map.of("file", "ours.txt"); // partition of our connector's offset

  @TempDir Path folder;
  private String servers = "";
  private URI rest;

  @Test
  void kafkaConnectWritesTheGoldenRecordsAndReadsOurs() throws Exception {
    Files.writeString(Path.of(INPUT), "one\ntwo\n");
    try (var kafka = EmbeddedKafka.builder().dataDir(folder.resolve("kafka")).start()) {
      servers = kafka.bootstrapServers();
      writeOurs();
      try (var reference =
          ReferenceConnect.start(
              servers,
              folder.resolve("reference"),
              Map.of("exactly.once.source.support", "enabled"))) {
        rest = reference.awaitReady().rest();
        readsOurs();
        runs();
        for (var topic : TOPICS) check(topic, reference);
      }
    }
  }

  private void check(String topic, ReferenceConnect reference) throws Exception {
    var file = GOLDEN.resolve(topic.substring("reference-".length()) + ".jsonl");
    if (Boolean.getBoolean("golden.record")) recorded(topic).store(file);
    Set<String> golden = TopicRecords.load(file).shapes();
    Await.until(
        "all kinds of records are in " + topic,
        Await.LONG,
        () -> recorded(topic).shapes().containsAll(golden),
        () -> missing(golden, recorded(topic)) + "\n" + reference.log());
    assertThat(recorded(topic).shapes()).as(topic).isEqualTo(golden);
  }

  private static Set<String> missing(Set<String> golden, TopicRecords records) {
    var missing = new TreeSet<>(golden);
    missing.removeAll(records.shapes());
    return missing;
  }

  private TopicRecords recorded(String topic) {
    return TopicRecords.read(servers, topic).without("ours");
  }

  private void writeOurs() throws Exception {
    var topics =
        List.of(
            new NewTopic("reference-configs", 1, (short) 1),
            new NewTopic(TOPICS.get(2), 2, (short) 1));
    topics.forEach(topic -> topic.configs(Map.of("cleanup.policy", "compact")));
    try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      admin.createTopics(topics).all().get();
    }
    var config =
        Map.of("name", "ours", "connector.class", "FileStreamSource", "topic", "t", "x", "ü");
    var facts =
        List.of(
            new Fact.Configured("ours", config),
            new Fact.Retargeted("ours", TargetState.PAUSED),
            new Fact.TasksComputed(
                "ours",
                List.of(
                    Map.of(
                        "task.class",
                        "org.apache.kafka.connect.file.FileStreamSourceTask",
                        "topic",
                        "t",
                        "mark",
                        "ours"))),
            new Fact.Fenced("ours", 1),
            new Fact.Configured("ours-stopped", config),
            new Fact.Retargeted("ours-stopped", TargetState.STOPPED),
            new Fact.Configured("ours-gone", config),
            new Fact.Deleted("ours-gone"));
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (Fact fact : facts) {
        for (var record : FactEncoder.encode(fact)) producer.send(record(record)).get();
      }
      producer
          .send(
              new ProducerRecord<>(
                  TOPICS.get(2),
                  ConnectJson.encodeKey("ours", FILE),
                  ConnectJson.encodeValue(Map.of("position", 12L))))
          .get();
    }
  }

  private static ProducerRecord<byte[], byte[]> record(FactRecord record) {
    return new ProducerRecord<>("reference-configs", bytes(record.key()), bytes(record.value()));
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private void readsOurs() throws Exception {
    var names = new TreeSet<String>();
    get("/connectors").forEach(name -> names.add(name.asText()));
    assertThat(names).containsExactlyInAnyOrder("ours", "ours-stopped");
    awaitState("ours", "PAUSED");
    awaitState("ours-stopped", "STOPPED");
    assertThat(get("/connectors/ours/config").path("x").asText()).isEqualTo("ü");
    assertThat(get("/connectors/ours/tasks").path(0).path("config").path("mark").asText())
        .isEqualTo("ours");
    var offset = get("/connectors/ours/offsets").path("offsets").path(0);
    assertThat(offset.toString())
        .isEqualTo("{\"partition\":{\"file\":\"ours.txt\"},\"offset\":{\"position\":12}}");
  }

  /** One of each record: see that everything came about before going on. */
  private void runs() throws Exception {
    send(
        "POST",
        "/connectors",
        "{\"name\":\"golden-new\",\"initial_state\":\"STOPPED\",\"config\":"
            + source("new.txt")
            + "}");
    send("PUT", "/connectors/golden/config", source(INPUT));
    awaitState("golden", "RUNNING");
    Await.until(
        "offsets are there",
        Await.LONG,
        () -> get("/connectors/golden/offsets").path("offsets").size() == 1,
        () -> "");
    send("PUT", "/connectors/golden/pause", "");
    awaitState("golden", "PAUSED");
    send("PUT", "/connectors/golden/resume", "");
    awaitState("golden", "RUNNING");
    send("POST", "/connectors/golden/restart?includeTasks=true&onlyFailed=false", "");
    send("PUT", "/admin/loggers/org.apache.kafka.golden?scope=cluster", "{\"level\":\"WARN\"}");
    send(
        "PUT",
        "/connectors/golden-fails/config",
        "{\"connector.class\":\"FileStreamSink\",\"topics\":\"golden\",\"file\":\"target/none/x\"}");
    Await.until(
        "its task has failed",
        Await.LONG,
        () -> status("golden-fails").path("tasks").path(0).path("state").asText().equals("FAILED"),
        () -> "");
    send("PUT", "/connectors/golden/stop", "");
    awaitState("golden", "STOPPED");
    send("DELETE", "/connectors/golden/offsets", "");
    awaitState("golden-new", "STOPPED");
    send("DELETE", "/connectors/golden-new", "");
    send("DELETE", "/connectors/golden-fails", "");
    Await.until(
        "its status is gone",
        Await.LONG,
        () ->
            recorded("reference-status").entries().stream()
                .anyMatch(e -> e.value() == null && e.key().equals("status-task-golden-fails-0")),
        () -> "");
  }

  private static String source(String file) {
    return "{\"connector.class\":\"FileStreamSource\",\"tasks.max\":\"1\",\"topic\":\"golden\",\"file\":\"%s\"}"
        .formatted(file);
  }

  /** Of the connector and, unless it is stopped, of its task. */
  private void awaitState(String name, String state) {
    Await.until(
        name + " is " + state,
        Await.LONG,
        () -> {
          var status = status(name);
          int tasks = state.equals("STOPPED") ? 0 : 1;
          return status.path("connector").path("state").asText().equals(state)
              && status.path("tasks").size() == tasks
              && (tasks == 0 || status.path("tasks").path(0).path("state").asText().equals(state));
        },
        () -> "");
  }

  private JsonNode status(String name) throws Exception {
    return get("/connectors/" + name + "/status");
  }

  private JsonNode get(String path) throws Exception {
    var request = HttpRequest.newBuilder(rest.resolve(path)).build();
    return JSON.readTree(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  private void send(String method, String path, String body) throws Exception {
    var answer = Rest.send(rest, method, path, body);
    assertThat(answer.statusCode())
        .as("%s %s: %s", method, path, answer.body())
        .isBetween(200, 299);
  }
}
