package dev.millrace.reference;

import dev.millrace.e2e.Await;
import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.rest.RestServer;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerApi;
import dev.millrace.worker.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Kafka Connect and a Millrace worker with the same settings and plugins, each with a broker. */
final class ConformanceServers implements AutoCloseable {

  private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";
  private static final Map<String, String> SETTINGS =
      Map.of(
          "access.control.allow.origin", "http://page.example",
          "access.control.allow.methods", "GET,PUT",
          "response.http.headers.config", "set X-Conformance:yes, \"add X-Other: a, b\"");

  private final EmbeddedKafka kafka;
  private final EmbeddedKafka referenceKafka;
  private final ReferenceConnect reference;
  private final ReferenceConnect referenceAlone;
  private final Worker worker;
  private final Worker second;
  private final Worker alone;

  ConformanceServers(Path folder) throws Exception {
    referenceKafka = EmbeddedKafka.builder().dataDir(folder.resolve("reference-kafka")).start();
    reference =
        ReferenceConnect.start(
            referenceKafka.bootstrapServers(), folder.resolve("reference"), SETTINGS);
    referenceAlone =
        ReferenceConnect.startStandalone(
            referenceKafka.bootstrapServers(),
            folder.resolve("reference-alone"),
            standalone(folder.resolve("reference.offsets")));
    kafka = EmbeddedKafka.builder().dataDir(folder.resolve("kafka")).start();
    worker = distributed(folder);
    alone = alone(folder);
    worker.started().get(3, TimeUnit.MINUTES);
    second = distributed(folder);
    second.started().get(3, TimeUnit.MINUTES);
    reference.awaitReady();
    referenceAlone.awaitReady();
  }

  private Worker distributed(Path folder) {
    var settings = new HashMap<>(SETTINGS);
    settings.put("group.id", "reference");
    for (String topic : List.of("config", "offset", "status")) {
      settings.put(topic + ".storage.topic", "reference-" + topic + "s");
      settings.put(topic + ".storage.replication.factor", "1");
    }
    settings.put("offset.storage.partitions", "2");
    settings.put("status.storage.partitions", "2");
    return worker(folder, settings);
  }

  private Worker alone(Path folder) {
    return worker(folder, standalone(folder.resolve("millrace.offsets")));
  }

  private static Map<String, String> standalone(Path offsets) {
    var settings = new HashMap<>(SETTINGS);
    settings.put("offset.storage.file.filename", offsets.toString());
    settings.put("offset.flush.interval.ms", "1000");
    settings.put("key.converter", JSON);
    settings.put("value.converter", JSON);
    return settings;
  }

  private Worker worker(Path folder, Map<String, String> settings) {
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("listeners", "http://127.0.0.1:0");
    settings.put("plugin.path", plugins(folder).toString());
    settings.put("offset.flush.interval.ms", "1000");
    settings.put("key.converter", JSON);
    settings.put("value.converter", JSON);
    return Worker.builder()
        .settings(WorkerSettings.of(settings))
        .rest(RestServer.factory())
        .start();
  }

  /** The file connectors, which the reference has on its class path. */
  private static Path plugins(Path folder) {
    try {
      var plugins = Files.createDirectories(folder.resolve("plugins"));
      var lib = Path.of(System.getProperty("reference.lib"));
      try (var jars = Files.newDirectoryStream(lib, "connect-file-*.jar")) {
        for (var jar : jars) {
          Files.copy(jar, plugins.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      return plugins;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Distributed workers: that of Kafka Connect is alone in its group; of ours the one is asked that
   * does not lead, or with {@code -Dconformance.leader=true} the leader.
   */
  Pair pair() {
    Await.until("both are members", Await.LONG, () -> leads(worker) != leads(second), () -> "");
    boolean first = leads(worker) == Boolean.getBoolean("conformance.leader");
    return first
        ? new Pair(reference.rest(), address(worker), List.of(address(second)))
        : new Pair(reference.rest(), address(second), List.of(address(worker)));
  }

  private static boolean leads(Worker worker) {
    return worker.ready() && worker.leader() instanceof WorkerApi.Leader.Here;
  }

  private static URI address(Worker worker) {
    return worker.restUri().orElseThrow();
  }

  /** Two standalone workers. */
  Pair standalone() {
    return new Pair(referenceAlone.rest(), address(alone), List.of());
  }

  @Override
  public void close() {
    second.close();
    worker.close();
    alone.close();
    reference.close();
    referenceAlone.close();
    kafka.close();
    referenceKafka.close();
  }
}
