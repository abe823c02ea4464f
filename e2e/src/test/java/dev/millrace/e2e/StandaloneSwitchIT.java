package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.reference.ReferenceConnect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A standalone worker may be Kafka Connect's today and ours tomorrow, and the other way round. */
class StandaloneSwitchIT {

  private static final String TOPIC = "switched";

  @TempDir Path folder;

  private final List<String> written = new ArrayList<>();

  @Test
  void offsetsAreGoneOnWithInBothDirections() throws Exception {
    Files.createFile(input());
    try (var kafka = EmbeddedKafka.builder().dataDir(folder.resolve("kafka")).start();
        var topic = reader(kafka.bootstrapServers())) {
      reference(kafka, topic);
      millrace(kafka, topic);
      reference(kafka, topic);
      assertThat(topic.read).isEqualTo(written);
      killed(kafka, topic);
      assertThat(new LinkedHashSet<>(topic.read)).containsExactlyElementsOf(written);
    }
  }

  private Path input() {
    return folder.resolve("input.txt");
  }

  private void write() throws IOException {
    var lines = IntStream.range(0, 500).mapToObj(i -> "line " + (written.size() + i)).toList();
    Files.write(input(), lines, StandardOpenOption.APPEND);
    written.addAll(lines);
  }

  private void reference(EmbeddedKafka kafka, Reader topic) throws IOException {
    var worker =
        ReferenceConnect.startStandalone(
            kafka.bootstrapServers(), folder.resolve("reference"), file(), connector());
    try (worker) {
      worker.awaitReady();
      write();
      topic.await(written.size(), worker::log);
      worker.stop();
    }
  }

  private void millrace(EmbeddedKafka kafka, Reader topic) throws IOException {
    try (var worker = start(kafka)) {
      worker.awaitReady();
      write();
      topic.await(written.size(), worker::tail);
      worker.stop();
    }
  }

  private void killed(EmbeddedKafka kafka, Reader topic) throws IOException {
    try (var worker = start(kafka)) {
      worker.awaitReady();
      write();
      topic.await(written.size() - 400, worker::tail);
      worker.kill();
    }
    int before = topic.read.size();
    try (var worker = start(kafka)) {
      worker.awaitReady();
      write();
      Await.until(
          "the last line is there",
          Await.LONG,
          () -> topic.poll().contains(written.getLast()),
          worker::tail);
    }
    assertThat(before).isPositive();
  }

  private MillraceProcess start(EmbeddedKafka kafka) throws IOException {
    var settings = new HashMap<>(file());
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("listeners", "http://127.0.0.1:0");
    settings.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
    settings.put("value.converter", "org.apache.kafka.connect.storage.StringConverter");
    settings.put("plugin.path", plugin().toString());
    settings.put("millrace.data.dir", folder.resolve("millrace").toString());
    var file =
        Files.writeString(
            folder.resolve("connect-standalone.properties"),
            settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining("\n")));
    return MillraceProcess.start(
        folder.resolve("millrace"),
        Map.of(),
        List.of("standalone", file.toString(), connector().toString()));
  }

  private Map<String, String> file() {
    return Map.of(
        "offset.storage.file.filename",
        folder.resolve("connect.offsets").toString(),
        "offset.flush.interval.ms",
        "1000",
        "task.shutdown.graceful.timeout.ms", // stops are in order, however slow the machine is
        "120000");
  }

  private Path plugin() throws IOException {
    var plugin = Files.createDirectories(folder.resolve("plugins/file"));
    var name = "connect-file-4.3.1.jar";
    if (!Files.exists(plugin.resolve(name))) {
      Files.copy(Path.of(System.getProperty("reference.lib"), name), plugin.resolve(name));
    }
    return plugin.getParent();
  }

  private Path connector() throws IOException {
    return Files.writeString(
        folder.resolve("source.properties"),
        """
        name=file-source
        connector.class=FileStreamSource
        tasks.max=1
        topic=%s
        file=%s
        """
            .formatted(TOPIC, input()));
  }

  private static Reader reader(String bootstrapServers) {
    return new Reader(
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer()));
  }

  /** What is in the topic. Used by one thread. */
  private static final class Reader implements AutoCloseable {
    private final KafkaConsumer<String, String> consumer;
    private final List<String> read = new ArrayList<>();

    Reader(KafkaConsumer<String, String> consumer) {
      this.consumer = consumer;
      consumer.assign(List.of(new TopicPartition(TOPIC, 0)));
    }

    List<String> poll() {
      consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
      return read;
    }

    void await(int count, java.util.function.Supplier<String> log) {
      Await.until(
          count + " records",
          Await.LONG,
          () -> poll().size() >= count,
          () -> read.size() + "\n" + log.get());
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
