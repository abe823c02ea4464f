package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins whose servers are not at hand, unmodified: docs/connectors/mongodb-iceberg.md. */
@Tag("third-party")
class ThirdPartyLoadIT {
  @TempDir Path folder;

  @Test
  void theyAreListedWithTheirVersionAndTheirConfigurationsAreChecked() throws Exception {
    String plugins =
        ThirdParty.installed(
            Path.of("load"),
            "org.mongodb.kafka:mongo-kafka-connect:2.0.1",
            "org.apache.iceberg:iceberg-kafka-connect:1.12.0");
    var expected =
        Map.of(
            "com.mongodb.kafka.connect.MongoSourceConnector", "2.0.1",
            "com.mongodb.kafka.connect.MongoSinkConnector", "2.0.1",
            "org.apache.iceberg.connect.IcebergSinkConnector", "1.12.0");
    String listed = listed(plugins);
    expected.forEach((type, version) -> assertThat(listed).contains(type + " " + version));
    try (var worker = ThirdParty.worker(folder.resolve("data"), plugins, Map.of())) {
      assertThat(versions(worker.get("/connector-plugins"))).containsAllEntriesOf(expected);
      var connectors = ThirdParty.documented("mongodb-iceberg.md");
      assertThat(errors(worker, connectors.get("orders-to-iceberg"))).isEmpty();
      assertThat(errors(worker, connectors.get("orders-from-mongodb")))
          .singleElement()
          .asString()
          .contains("connection.uri", "Unable to connect to the server");
      ObjectNode wrong = connectors.get("orders-from-mongodb").deepCopy();
      wrong.withObject("/config").put("poll.max.batch.size", "many");
      assertThat(errors(worker, wrong)).anyMatch(e -> e.contains("poll.max.batch.size"));
      var iceberg = create(worker, connectors.get("orders-to-iceberg"));
      assertThat(iceberg.statusCode()).as(iceberg.body()).isEqualTo(201);
      var mongo = create(worker, connectors.get("orders-from-mongodb"));
      assertThat(mongo.statusCode()).isEqualTo(400);
      assertThat(mongo.body()).contains("1 error", "Unable to connect to the server");
    }
  }

  private static Map<String, String> versions(JsonNode listed) {
    Map<String, String> found = new HashMap<>();
    listed.forEach(p -> found.put(p.path("class").asText(), p.path("version").asText()));
    return found;
  }

  /** What the check of a configuration finds, each problem with its key. */
  private static List<String> errors(MillraceProcess worker, JsonNode connector) throws Exception {
    String type = connector.at("/config/connector.class").asText();
    var config = (ObjectNode) connector.path("config").deepCopy();
    config.set("name", connector.path("name"));
    var answer = worker.put("/connector-plugins/" + type + "/config/validate", config);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    List<String> found = new ArrayList<>();
    for (JsonNode each : new ObjectMapper().readTree(answer.body()).path("configs")) {
      each.at("/value/errors")
          .forEach(error -> found.add(each.at("/value/name").asText() + ": " + error.asText()));
    }
    return found;
  }

  private String listed(String plugins) {
    try (var list =
        MillraceProcess.start(
            folder.resolve("list"), Map.of(), List.of("plugins", "list", "--path", plugins))) {
      assertThat(list.awaitExit()).as(list.output()).isZero();
      return list.output();
    }
  }

  private static java.net.http.HttpResponse<String> create(
      MillraceProcess worker, JsonNode connector) throws Exception {
    ObjectNode stopped = connector.deepCopy();
    stopped.put("initial_state", "STOPPED");
    return worker.post("/connectors", stopped);
  }
}
