package dev.millrace.reference;

import dev.millrace.e2e.Await;
import dev.millrace.servers.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A worker of Apache Kafka Connect 4.3.1 as a process of its own, distributed, with the file
 * connectors on its class path. {@link #start} does not wait; {@link #awaitReady} does.
 */
public final class ReferenceConnect implements AutoCloseable {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();

  private final Process process;
  private final URI rest;
  private final Path output;

  private ReferenceConnect(Process process, URI rest, Path output) {
    this.process = process;
    this.rest = rest;
    this.output = output;
  }

  /**
   * Starts a worker.
   *
   * @param folder for its settings and its output
   * @param settings in addition to what a single worker needs; win over it
   */
  public static ReferenceConnect start(
      String bootstrapServers, Path folder, Map<String, String> settings) {
    try {
      Files.createDirectories(folder);
      int port = FreePort.choose();
      var all = new TreeMap<>(defaults(bootstrapServers, port));
      all.putAll(settings);
      var file = Files.writeString(folder.resolve("reference.properties"), properties(all));
      var output = folder.resolve("reference.log");
      return new ReferenceConnect(
          launch(folder, "ConnectDistributed", List.of(file.toString()), output),
          URI.create("http://127.0.0.1:" + port + "/"),
          output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts a standalone worker.
   *
   * @param connectors files of connectors to start with
   */
  public static ReferenceConnect startStandalone(
      String bootstrapServers, Path folder, Map<String, String> settings, Path... connectors) {
    try {
      Files.createDirectories(folder);
      int port = FreePort.choose();
      var all = new TreeMap<>(settings);
      all.put("bootstrap.servers", bootstrapServers);
      all.put("listeners", "http://127.0.0.1:" + port);
      all.put("plugin.discovery", "service_load");
      all.putIfAbsent("key.converter", "org.apache.kafka.connect.storage.StringConverter");
      all.putIfAbsent("value.converter", "org.apache.kafka.connect.storage.StringConverter");
      var file = Files.writeString(folder.resolve("reference.properties"), properties(all));
      var output = folder.resolve("reference.log");
      var arguments = new ArrayList<>(List.of(file.toString()));
      for (var connector : connectors) arguments.add(connector.toString());
      var process = launch(folder, "ConnectStandalone", arguments, output);
      return new ReferenceConnect(process, URI.create("http://127.0.0.1:" + port + "/"), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> defaults(String bootstrapServers, int port) {
    return Map.ofEntries(
        Map.entry("bootstrap.servers", bootstrapServers),
        Map.entry("group.id", "reference"),
        Map.entry("listeners", "http://127.0.0.1:" + port),
        Map.entry("plugin.discovery", "service_load"),
        Map.entry("key.converter", "org.apache.kafka.connect.json.JsonConverter"),
        Map.entry("value.converter", "org.apache.kafka.connect.json.JsonConverter"),
        Map.entry("config.storage.topic", "reference-configs"),
        Map.entry("config.storage.replication.factor", "1"),
        Map.entry("offset.storage.topic", "reference-offsets"),
        Map.entry("offset.storage.replication.factor", "1"),
        Map.entry("offset.storage.partitions", "2"),
        Map.entry("status.storage.topic", "reference-status"),
        Map.entry("status.storage.replication.factor", "1"),
        Map.entry("status.storage.partitions", "2"),
        Map.entry("offset.flush.interval.ms", "1000"),
        Map.entry("scheduled.rebalance.max.delay.ms", "0"));
  }

  private static String properties(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> setting.getKey() + "=" + setting.getValue().replace("\\", "\\\\"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static Process launch(Path folder, String main, List<String> arguments, Path output)
      throws IOException {
    var logging = Files.writeString(folder.resolve("log4j2.properties"), LOGGING);
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlog4j2.configurationFile=" + logging,
                "-cp",
                Path.of(System.getProperty("reference.lib")).normalize() + "/*",
                "org.apache.kafka.connect.cli." + main));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
        .start();
  }

  private static final String LOGGING =
      """
      rootLogger.level=WARN
      rootLogger.appenderRef.console.ref=console
      appender.console.type=Console
      appender.console.name=console
      appender.console.layout.type=PatternLayout
      appender.console.layout.pattern=[%d] %p %m (%c)%n
      """;

  /** Waits until the worker is a member of its group and takes requests. */
  public ReferenceConnect awaitReady() {
    Await.until(
        "the reference is ready, or has ended",
        Await.LONG,
        () -> !process.isAlive() || healthy(),
        this::log);
    if (!process.isAlive()) throw new AssertionError("the reference has ended:\n" + log());
    return this;
  }

  private boolean healthy() throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(rest.resolve("/health")).timeout(Duration.ofSeconds(15)).build();
    return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
  }

  /** Its address, such as {@code http://127.0.0.1:8083/}. */
  public URI rest() {
    return rest;
  }

  /** What it has logged, warnings and worse. */
  public String log() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks it to end, and waits until it has. */
  public void stop() {
    process.destroy();
    awaitEnd();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(3, TimeUnit.MINUTES)) {
        throw new IllegalStateException(
            "the reference, process %d, did not end".formatted(process.pid()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
