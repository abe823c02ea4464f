package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
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
    assertThat(listed(plugins))
        .contains(
            "com.mongodb.kafka.connect.MongoSourceConnector 2.0.1",
            "com.mongodb.kafka.connect.MongoSinkConnector 2.0.1",
            "org.apache.iceberg.connect.IcebergSinkConnector ");
    try (var worker = ThirdParty.worker(folder.resolve("data"), plugins, Map.of())) {
      var connectors = ThirdParty.documented("mongodb-iceberg.md");
      var iceberg = create(worker, connectors.get("orders-to-iceberg"));
      assertThat(iceberg.statusCode()).as(iceberg.body()).isEqualTo(201);
      var mongo = create(worker, connectors.get("orders-from-mongodb"));
      assertThat(mongo.statusCode()).isEqualTo(400);
      assertThat(mongo.body()).contains("1 error", "Unable to connect to the server");
    }
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
