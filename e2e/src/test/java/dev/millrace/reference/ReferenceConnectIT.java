package dev.millrace.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is compared with is Apache Kafka Connect of the version that Millrace speaks. */
class ReferenceConnectIT {

  @TempDir Path folder;

  @Test
  void theReferenceIsApacheKafkaConnect() throws Exception {
    try (var kafka = EmbeddedKafka.builder().dataDir(folder.resolve("kafka")).start();
        var reference =
            ReferenceConnect.start(kafka.bootstrapServers(), folder.resolve("ref"), Map.of())) {
      var http = HttpClient.newHttpClient();
      var root = HttpRequest.newBuilder(reference.awaitReady().rest()).build();
      var answer = http.send(root, HttpResponse.BodyHandlers.ofString()).body();
      assertThat(answer).startsWith("{\"version\":\"4.3.1\"").contains(kafka.clusterId());
    }
  }
}
