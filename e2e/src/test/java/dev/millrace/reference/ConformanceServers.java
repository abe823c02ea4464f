package dev.millrace.reference;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.rest.RestServer;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Kafka Connect and a Millrace worker with the same settings and plugins, each with a broker. */
final class ConformanceServers implements AutoCloseable {

  private static final Map<String, String> SETTINGS =
      Map.of(
          "access.control.allow.origin", "http://page.example",
          "access.control.allow.methods", "GET,PUT",
          "response.http.headers.config", "set X-Conformance:yes, \"add X-Other: a, b\"");

  private final EmbeddedKafka kafka;
  private final EmbeddedKafka referenceKafka;
  private final ReferenceConnect reference;
  private final Worker worker;

  ConformanceServers(Path folder) throws Exception {
    referenceKafka = EmbeddedKafka.builder().dataDir(folder.resolve("reference-kafka")).start();
    reference =
        ReferenceConnect.start(
            referenceKafka.bootstrapServers(), folder.resolve("reference"), SETTINGS);
    kafka = EmbeddedKafka.builder().dataDir(folder.resolve("kafka")).start();
    worker = worker(folder);
    worker.started().get(1, TimeUnit.MINUTES);
    reference.awaitReady();
  }

  private Worker worker(Path folder) {
    var settings = new HashMap<>(SETTINGS);
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("group.id", "reference");
    settings.put("millrace.data.dir", folder.resolve("millrace").toString());
    settings.put("listeners", "http://127.0.0.1:0");
    settings.put("plugin.path", plugins(folder).toString());
    settings.put("offset.storage.topic", "reference-offsets");
    settings.put("offset.storage.partitions", "2");
    settings.put("offset.flush.interval.ms", "1000");
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
        for (var jar : jars) Files.copy(jar, plugins.resolve(jar.getFileName()));
      }
      return plugins;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Pair pair() {
    return new Pair(reference.rest(), ours());
  }

  URI ours() {
    return worker.restUri().orElseThrow();
  }

  @Override
  public void close() {
    worker.close();
    reference.close();
    kafka.close();
    referenceKafka.close();
  }
}
