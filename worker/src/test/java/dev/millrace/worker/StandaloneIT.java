package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.kafka.OffsetFileException;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus.Phase;
import dev.millrace.worker.keys.SettingsException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers of Kafka Connect's standalone mode, and what belongs to whoever embeds a worker. */
class StandaloneIT {

  private static final Duration DEADLINE = Duration.ofMinutes(3);

  @TempDir static Path kafkaDir;
  private static EmbeddedKafka kafka;

  @TempDir Path folder;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.builder().dataDir(kafkaDir).start();
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  private Map<String, String> file() {
    var settings = new HashMap<String, String>();
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("offset.storage.file.filename", folder.resolve("connect.offsets").toString());
    settings.put("offset.flush.interval.ms", "200");
    settings.put("listeners", "HTTP://localhost:0");
    settings.put("plugin.discovery", "service_load");
    return settings;
  }

  private static Worker start(Map<String, String> settings) throws Exception {
    var worker = Worker.builder().settings(WorkerSettings.of(settings)).start();
    worker.started().get(2, TimeUnit.MINUTES);
    return worker;
  }

  private static void create(Worker worker, Map<String, String> more) throws Exception {
    var config = new HashMap<>(more);
    config.put("name", "src");
    config.put("connector.class", "NumberSource");
    config.put("topic", "standalone-numbers");
    var command = new Command.Create("src", config, TargetState.STARTED);
    assertThat(worker.submit(command).get(2, TimeUnit.MINUTES))
        .isInstanceOf(CommandResult.Done.class);
  }

  @Test
  void offsetsAreInTheFileAndConnectorsAreForgotten() throws Exception {
    var path = folder.resolve("connect.offsets");
    try (var worker = start(file())) {
      create(worker, Map.of("limit", "30"));
      await("30 records", () -> worker.statuses().of(new WorkId("src", 0)).isPresent());
      await("offset 30", () -> holds(path, "{\"n\":30}"));
    }
    try (var worker = start(file())) {
      assertThat(worker.state().connectors()).isEmpty();
      create(worker, Map.of("limit", "30", "require.offset", "30"));
      await("found its offset", () -> running(worker));
    }
  }

  private static boolean running(Worker worker) {
    return worker
        .statuses()
        .of(new WorkId("src", 0))
        .filter(entry -> entry.status().phase() == Phase.RUNNING)
        .isPresent();
  }

  private static boolean holds(Path path, String text) {
    try {
      return Files.exists(path)
          && new String(Files.readAllBytes(path), java.nio.charset.StandardCharsets.ISO_8859_1)
              .contains(text);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aFileThatIsNoneStopsTheStart() throws Exception {
    Files.writeString(folder.resolve("connect.offsets"), "not this");
    assertThatThrownBy(() -> start(file()))
        .isInstanceOf(OffsetFileException.class)
        .hasMessageContaining("connect.offsets");
  }

  @Test
  void placeholdersOfTheFileAreResolvedForAllReaders() throws Exception {
    var secrets = Files.writeString(folder.resolve("secrets.properties"), "ms=321\nbad=soon\n");
    var settings = file();
    settings.put("config.providers", "file");
    settings.put(
        "config.providers.file.class",
        "org.apache.kafka.common.config.provider.FileConfigProvider");
    settings.put("offset.flush.interval.ms", "${file:" + secrets + ":ms}");
    settings.put("producer.linger.ms", "${file:" + secrets + ":ms}");
    try (var worker = start(settings)) {
      assertThat(worker.settings().flushInterval()).isEqualTo(Duration.ofMillis(321));
      assertThat(worker.settings().originals()).containsEntry("producer.linger.ms", "321");
    }
    settings.put("offset.flush.interval.ms", "${file:" + secrets + ":bad}");
    assertThatThrownBy(() -> start(settings))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("offset.flush.interval.ms")
        .hasMessageNotContaining("soon");
  }

  @Test
  void manyStartsAndStopsLeaveNothingBehind() throws Exception {
    var settings = file();
    settings.put("bootstrap.servers", "localhost:1"); // nobody is there
    var given = Map.copyOf(settings);
    var loader = new URLClassLoader(new URL[0], StandaloneIT.class.getClassLoader());
    var before = Thread.currentThread().getContextClassLoader();
    Path left = Path.of("");
    Thread.currentThread().setContextClassLoader(loader);
    try {
      for (int round = 0; round < 100; round++) {
        try (var worker = start(settings)) {
          left = worker.settings().dataDir();
          assertThat(worker.restUri()).isEqualTo(java.util.Optional.<URI>empty());
          worker.close(); // again by the end of the block
        }
      }
      assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loader);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
    assertThat(settings).isEqualTo(given);
    assertThat(left).doesNotExist();
    await(
        "threads of the workers are gone",
        () -> Thread.getAllStackTraces().keySet().stream().noneMatch(t -> isOf(t, loader)));
  }

  /** Threads inherit the loader of whoever starts a worker. */
  private static boolean isOf(Thread thread, ClassLoader loader) {
    return thread != Thread.currentThread() && thread.getContextClassLoader() == loader;
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }
}
