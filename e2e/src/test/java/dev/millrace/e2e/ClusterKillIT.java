package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.reference.ReferenceConnect;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All workers of Kafka Connect are killed while they write, and ours go on; then all of ours are
 * killed, and Kafka Connect's go on. Nothing is lost, and with exactly-once nothing is there twice.
 */
@Tag("chaos")
class ClusterKillIT {
  private static final int SOURCES = 3;
  private static final int BURST = 4_000; // lines, more than a poll reads
  private static final int TRICKLE = 5;

  @TempDir Path folder;

  private final List<List<String>> written = // by source
      IntStream.range(0, SOURCES).<List<String>>mapToObj(i -> new ArrayList<>()).toList();
  private Map<String, String> settings = Map.of();
  private String servers = "";

  @ParameterizedTest
  @ValueSource(strings = {"enabled", "disabled"})
  void everythingGoesOnAfterKills(String exactlyOnce) throws Exception {
    settings = Map.of("exactly.once.source.support", exactlyOnce, "session.timeout.ms", "6000");
    for (int i = 0; i < SOURCES; i++) Files.createFile(input(i));
    try (var kafka = EmbeddedKafka.builder().dataDir(folder.resolve("kafka")).start()) {
      servers = kafka.bootstrapServers();
      try (var one = reference("one");
          var two = reference("two")) {
        one.awaitReady();
        two.awaitReady();
        createAll(one.rest());
        goesOn(one.rest(), one::log, Map.of("paused", "PAUSED", "stopped", "STOPPED"));
        inTheMiddle();
        one.close();
        two.close();
      }
      try (var one = millrace("m-one");
          var two = millrace("m-two")) {
        one.awaitReady();
        two.awaitReady();
        goesOn(one.rest(), one::tail, Map.of("paused", "PAUSED", "stopped", "STOPPED"));
        allIsThere(two.rest(), one::tail);
        change(two.rest());
        inTheMiddle();
        one.kill();
        two.kill();
      }
      awaitSessions(); // Kafka Connect's workers end themselves where members of ours are
      try (var one = reference("three");
          var two = reference("four")) {
        one.awaitReady();
        two.awaitReady();
        goesOn(two.rest(), two::log, Map.of("paused", "RUNNING", "stopped", "PAUSED"));
        allIsThere(one.rest(), one::log);
      }
    }
  }

  private ReferenceConnect reference(String name) {
    return ReferenceConnect.start(servers, folder.resolve(name), settings);
  }

  private MillraceProcess millrace(String name) throws IOException {
    var lines = new ArrayList<String>();
    for (var line : Files.readAllLines(folder.resolve("one/reference.properties"))) {
      if (!line.startsWith("listeners=")) lines.add(line);
    }
    lines.add("listeners=http://127.0.0.1:0");
    lines.add("plugin.path=" + plugins());
    lines.add("millrace.data.dir=" + folder.resolve(name));
    var file = Files.write(folder.resolve(name + ".properties"), lines);
    return MillraceProcess.start(
        folder.resolve(name), Map.of(), List.of("worker", file.toString()));
  }

  private Path plugins() throws IOException {
    var plugin = Files.createDirectories(folder.resolve("plugins/file"));
    var name = "connect-file-4.3.1.jar";
    if (!Files.exists(plugin.resolve(name))) {
      Files.copy(Path.of(System.getProperty("reference.lib"), name), plugin.resolve(name));
    }
    return plugin.getParent();
  }

  private void createAll(URI rest) throws Exception {
    for (int i = 0; i < SOURCES; i++) Rest.create(rest, "source" + i, source(i), "RUNNING");
    var sink = new HashMap<String, String>();
    sink.put("connector.class", "FileStreamSink");
    sink.put("file", output().toString());
    sink.put("topics", topic(0));
    sink.put("value.converter", "org.apache.kafka.connect.storage.StringConverter");
    Rest.create(rest, "sink", sink, "RUNNING");
    Rest.create(rest, "paused", source(SOURCES), "PAUSED");
    Rest.create(rest, "stopped", source(SOURCES + 1), "STOPPED");
  }

  private static void change(URI rest) throws Exception {
    assertThat(Rest.send(rest, "PUT", "/connectors/paused/resume", "").statusCode()).isEqualTo(202);
    assertThat(Rest.send(rest, "PUT", "/connectors/stopped/pause", "").statusCode()).isEqualTo(202);
  }

  private Map<String, String> source(int number) {
    return Map.of(
        "connector.class",
        "FileStreamSource",
        "file",
        input(number).toString(),
        "topic",
        topic(number),
        "value.converter",
        "org.apache.kafka.connect.storage.StringConverter");
  }

  private static String topic(int number) {
    return "killed-" + number;
  }

  private Path input(int number) {
    return folder.resolve("input" + number + ".txt");
  }

  private Path output() {
    return folder.resolve("output.txt");
  }

  /** What runs runs, what does not is in its state, and new lines of all come through. */
  private void goesOn(URI rest, Supplier<String> log, Map<String, String> states) throws Exception {
    Await.until(
        "all is in its state",
        Await.LONG,
        () -> {
          write(TRICKLE);
          var status = Rest.get(rest, "/connectors?expand=status");
          return Rest.runs(status, "sink")
              && IntStream.range(0, SOURCES).allMatch(i -> Rest.runs(status, "source" + i))
              && states.entrySet().stream()
                  .allMatch(each -> each.getValue().equals(Rest.state(status, each.getKey())));
        },
        log);
    var before = counts();
    Await.until(
        "new lines come through",
        Await.LONG,
        () -> {
          write(TRICKLE);
          return grown(before, counts());
        },
        log);
  }

  /** Some, but not all, of what there is to read has been written when this returns. */
  private void inTheMiddle() throws Exception {
    var before = counts();
    write(BURST);
    Await.until(
        "something comes through",
        Await.LONG,
        () -> IntStream.range(0, SOURCES).anyMatch(i -> counts().get(i) > before.get(i)),
        () -> "");
  }

  /** When nothing is being written any more all is there, and the offsets say so. */
  private void allIsThere(URI rest, Supplier<String> log) throws Exception {
    Await.until(
        "all has come through, and the offsets say so",
        Await.LONG,
        () -> {
          var sunk = Files.readAllLines(output());
          return IntStream.range(0, SOURCES).allMatch(i -> isRead(rest, i))
              && sunk.contains(written.getFirst().getLast());
        },
        log);
    for (int i = 0; i < SOURCES; i++) {
      var read = read(i);
      if (settings.containsValue("enabled")) assertThat(read).isEqualTo(written.get(i));
      assertThat(new ArrayList<>(new LinkedHashSet<>(read))).isEqualTo(written.get(i));
    }
    var sunk = Files.readAllLines(output());
    assertThat(new ArrayList<>(new LinkedHashSet<>(sunk))).isEqualTo(written.getFirst());
    assertThat(sunk).as("it did not begin anew").containsOnlyOnce(written.getFirst().getFirst());
  }

  private boolean isRead(URI rest, int source) {
    try {
      var offsets = Rest.get(rest, "/connectors/source" + source + "/offsets").path("offsets");
      long position = offsets.path(0).path("offset").path("position").asLong();
      return position == Files.size(input(source))
          && read(source).contains(written.get(source).getLast());
    } catch (Exception e) {
      return false;
    }
  }

  private void write(int lines) throws IOException {
    for (int i = 0; i < SOURCES; i++) {
      var all = written.get(i);
      var more =
          IntStream.range(all.size(), all.size() + lines).mapToObj(n -> "line " + n).toList();
      Files.write(input(i), more, StandardOpenOption.APPEND);
      all.addAll(more);
    }
  }

  private List<Integer> counts() {
    return IntStream.range(0, SOURCES).mapToObj(i -> read(i).size()).toList();
  }

  private static boolean grown(List<Integer> before, List<Integer> now) {
    return IntStream.range(0, before.size()).allMatch(i -> now.get(i) > before.get(i));
  }

  /** What those see who read committed records only. */
  private List<String> read(int source) {
    var partition = new TopicPartition(topic(source), 0);
    Map<String, Object> client =
        Map.of("bootstrap.servers", servers, "isolation.level", "read_committed");
    var lines = new ArrayList<String>();
    try (var consumer =
        new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(500)).forEach(record -> lines.add(record.value()));
      }
    }
    return lines;
  }

  private void awaitSessions() {
    try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      Await.until(
          "the group has no members any more",
          Await.LONG,
          () ->
              admin.listGroups().all().get(60, TimeUnit.SECONDS).stream()
                  .filter(group -> group.groupId().equals("reference"))
                  .allMatch(
                      group -> group.groupState().filter(GroupState.EMPTY::equals).isPresent()),
          () -> "");
    }
  }
}
