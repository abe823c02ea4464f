package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.reference.ReferenceConnect;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster may be Kafka Connect's today and ours tomorrow, and the other way round: same file,
 * same topics, and everything goes on where it was.
 */
class ClusterSwitchIT {

  private static final int LINES = 300;

  /** Stops are in order however slow the machine is: what was committed then is gone on from. */
  private static final Map<String, String> PATIENT =
      Map.of("task.shutdown.graceful.timeout.ms", "120000");

  /** As docs/cluster.md quotes it. */
  private static final String SKIPPED =
      ".*Discarding config update record with invalid key: (lease-.*|generation) \\(.*";

  @TempDir Path folder;

  private final List<String> written = new ArrayList<>();

  @Test
  void everythingGoesOnInBothDirections() throws Exception {
    Files.createFile(input());
    try (var kafka = EmbeddedKafka.builder().dataDir(folder.resolve("kafka")).start()) {
      var before = reference(kafka);
      try (var connect = before;
          var millrace = start(kafka)) {
        waitsForTheOthers(millrace);
        connect.stop();
        millrace.awaitReady();
        goesOn(millrace.rest(), millrace::tail, Map.of("paused", "PAUSED", "stopped", "STOPPED"));
        changes(millrace.rest());
        millrace.stop();
      }
      try (var connect =
          ReferenceConnect.start(kafka.bootstrapServers(), folder.resolve("again"), PATIENT)) {
        connect.awaitReady();
        goesOn(connect.rest(), connect::log, Map.of("paused", "RUNNING", "stopped", "PAUSED"));
        assertThat(names(connect.rest())).doesNotContain("large").contains("made-here");
        assertThat(connect.log().lines().filter(line -> line.contains(" ERROR ")))
            .as("it skips what is ours")
            .isNotEmpty()
            .allMatch(line -> line.matches(SKIPPED));
      }
    }
  }

  /** A cluster as it has run for a while. */
  private ReferenceConnect reference(EmbeddedKafka kafka) throws Exception {
    var worker =
        ReferenceConnect.start(kafka.bootstrapServers(), folder.resolve("reference"), PATIENT);
    try {
      worker.awaitReady();
      var rest = worker.rest();
      Rest.create(rest, "source", source(input()), "RUNNING");
      Rest.create(rest, "sink", sink(), "RUNNING");
      Rest.create(rest, "paused", source(folder.resolve("a.txt")), "PAUSED");
      Rest.create(rest, "stopped", source(folder.resolve("b.txt")), "STOPPED");
      var large = source(folder.resolve("c.txt"));
      large.put("note", "ü".repeat(200_000));
      Rest.create(rest, "large", large, "STOPPED");
      write();
      awaitOutput(worker::log);
      return worker;
    } catch (Throwable e) {
      worker.close();
      throw e;
    }
  }

  private void waitsForTheOthers(MillraceProcess millrace) {
    Await.until(
        "it says whom it waits for",
        Await.LONG,
        () -> millrace.get("/v1/cluster").path("stage").asText().contains("Kafka Connect"),
        millrace::tail);
    Await.until(
        "those who ask are told, too",
        Await.LONG,
        () -> millrace.get("/health").path("message").asText().contains("Kafka Connect"),
        millrace::tail);
    Await.until(
        "it is in the log",
        Await.LONG,
        () -> millrace.tail().contains("are still members of group 'reference'"),
        millrace::tail);
  }

  /** All is as it was, and new lines come through, each once. */
  private void goesOn(URI rest, Supplier<String> log, Map<String, String> states) throws Exception {
    Await.until(
        "all is in its state",
        Await.LONG,
        () -> {
          var status = Rest.get(rest, "/connectors?expand=status");
          return Rest.runs(status, "source")
              && Rest.runs(status, "sink")
              && states.entrySet().stream()
                  .allMatch(e -> e.getValue().equals(Rest.state(status, e.getKey())));
        },
        log);
    assertThat(Rest.get(rest, "/connectors/source/config").path("file").asText())
        .isEqualTo(input().toString());
    var position = Rest.get(rest, "/connectors/source/offsets").path("offsets").path(0);
    assertThat(position.path("offset").path("position").asLong()).isEqualTo(Files.size(input()));
    write();
    awaitOutput(log);
  }

  private void changes(URI rest) throws Exception {
    assertThat(Rest.get(rest, "/connectors/large/config").path("note").asText()).hasSize(200_000);
    assertThat(Rest.send(rest, "DELETE", "/connectors/large", "").statusCode()).isEqualTo(204);
    assertThat(Rest.send(rest, "PUT", "/connectors/paused/resume", "").statusCode()).isEqualTo(202);
    assertThat(Rest.send(rest, "PUT", "/connectors/stopped/pause", "").statusCode()).isEqualTo(202);
    Rest.create(rest, "made-here", source(folder.resolve("d.txt")), "RUNNING");
    Await.until(
        "the new ones run",
        Await.LONG,
        () -> {
          var status = Rest.get(rest, "/connectors?expand=status");
          return Rest.runs(status, "paused") && Rest.runs(status, "made-here");
        },
        () -> "");
  }

  private static List<String> names(URI rest) throws Exception {
    var names = new ArrayList<String>();
    Rest.get(rest, "/connectors").forEach(name -> names.add(name.asText()));
    return names;
  }

  private Path input() {
    return folder.resolve("input.txt");
  }

  private Path output() {
    return folder.resolve("output.txt");
  }

  private void write() throws IOException {
    var lines = IntStream.range(0, LINES).mapToObj(i -> "line " + (written.size() + i)).toList();
    Files.write(input(), lines, StandardOpenOption.APPEND);
    written.addAll(lines);
  }

  /** Every line once and in order, and no more: all stops here are in order. */
  private void awaitOutput(Supplier<String> log) throws IOException {
    Await.until(
        "all lines have come through",
        Await.LONG,
        () -> Files.readAllLines(output()).contains(written.getLast()),
        log);
    assertThat(Files.readAllLines(output())).isEqualTo(written);
  }

  private static Map<String, String> source(Path file) {
    var config = new HashMap<String, String>();
    config.put("connector.class", "FileStreamSource");
    config.put("file", file.toString());
    config.put("topic", "handed-" + file.getFileName());
    config.put("value.converter", "org.apache.kafka.connect.storage.StringConverter");
    return config;
  }

  private Map<String, String> sink() {
    return Map.of(
        "connector.class", "FileStreamSink",
        "file", output().toString(),
        "topics", "handed-input.txt",
        "value.converter", "org.apache.kafka.connect.storage.StringConverter");
  }

  private MillraceProcess start(EmbeddedKafka kafka) throws IOException {
    var settings = new ArrayList<String>();
    for (var line : Files.readAllLines(folder.resolve("reference/reference.properties"))) {
      if (!line.startsWith("listeners=")) settings.add(line); // the other one is there still
    }
    settings.add("listeners=http://127.0.0.1:0");
    settings.add("plugin.path=" + plugins());
    settings.add("millrace.data.dir=" + folder.resolve("millrace"));
    assertThat(settings).contains("bootstrap.servers=" + kafka.bootstrapServers());
    var file =
        Files.writeString(
            folder.resolve("connect-distributed.properties"),
            settings.stream().collect(Collectors.joining("\n")));
    return MillraceProcess.start(
        folder.resolve("millrace"), Map.of(), List.of("worker", file.toString()));
  }

  private Path plugins() throws IOException {
    var plugin = Files.createDirectories(folder.resolve("plugins/file"));
    var name = "connect-file-4.3.1.jar";
    Files.copy(Path.of(System.getProperty("reference.lib"), name), plugin.resolve(name));
    return plugin.getParent();
  }
}
