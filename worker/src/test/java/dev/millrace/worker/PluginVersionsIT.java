package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus.Phase;
import dev.millrace.worker.versions.Stamped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same plugins in two versions beside each other, at work. */
class PluginVersionsIT {
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final Map<Class<?>, Class<?>> PLUGINS =
      Map.of(
          SourceConnector.class, Stamped.StampedSourceConnector.class,
          Transformation.class, Stamped.Step.class,
          Predicate.class, Stamped.Always.class,
          Converter.class, Stamped.Text.class,
          HeaderConverter.class, Stamped.Titles.class);

  @TempDir static Path folder;
  private static EmbeddedKafka kafka;
  private static Worker worker;

  @BeforeAll
  static void start() throws Exception {
    for (String version : List.of("1.0", "2.0")) install(version);
    kafka = EmbeddedKafka.builder().dataDir(folder.resolve("kafka")).start();
    var settings = new HashMap<String, String>();
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("group.id", "versions");
    settings.put("millrace.data.dir", folder.resolve("data").toString());
    settings.put("plugin.path", folder.resolve("plugins").toString());
    settings.put("header.converter", Stamped.Titles.class.getName());
    settings.put("header.converter.plugin.version", "1.0");
    worker = Worker.builder().settings(WorkerSettings.of(settings)).start();
    worker.started().get(2, TimeUnit.MINUTES);
  }

  @AfterAll
  static void stop() {
    worker.close();
    kafka.close();
  }

  @Test
  @DisplayName("§11.12 §11.14 without versions the newest connector runs, with what lies beside it")
  void newest() throws Exception {
    var record = run("newest", Map.of());
    assertThat(record.value()).isEqualTo("source 2.0, step 2.0, converter 2.0");
    assertThat(header(record)).isEqualTo("predicate 2.0, titles 1.0");
    assertVersion("newest", "2.0");
  }

  @Test
  @DisplayName("§11.14 §11.19 an older connector runs with what lies beside it")
  void older() throws Exception {
    var record =
        run(
            "older",
            Map.of(
                "connector.class",
                "stamped-source",
                "connector.plugin.version",
                "[1.0,2.0)",
                "header.converter",
                Stamped.Titles.class.getName()));
    assertThat(record.value()).isEqualTo("source 1.0, step 1.0, converter 1.0");
    assertThat(header(record)).isEqualTo("predicate 1.0, titles 1.0");
    assertVersion("older", "1.0");
  }

  @Test
  @DisplayName("§11.19 each plugin of a connector runs in the version asked for")
  void mixed() throws Exception {
    var record =
        run(
            "mixed",
            Map.of(
                "connector.plugin.version", "1.0",
                "transforms.s.plugin.version", "[1.5,)",
                "predicates.p.plugin.version", "latest",
                "value.converter.plugin.version", "2.0",
                "header.converter", Stamped.Titles.class.getName(),
                "header.converter.plugin.version", " 2.0 "));
    assertThat(record.value()).isEqualTo("source 1.0, step 2.0, converter 2.0");
    assertThat(header(record)).isEqualTo("predicate 1.0, titles 2.0");
    assertVersion("mixed", "1.0");
  }

  private static ConsumerRecord<String, String> run(String name, Map<String, String> changes)
      throws Exception {
    var config = new HashMap<String, String>();
    config.put("name", name);
    config.put("connector.class", Stamped.StampedSourceConnector.class.getName());
    config.put("topic", name);
    config.put("value.converter", Stamped.Text.class.getName());
    config.put("transforms", "s");
    config.put("transforms.s.type", Stamped.Step.class.getName());
    config.put("transforms.s.predicate", "p");
    config.put("predicates", "p");
    config.put("predicates.p.type", Stamped.Always.class.getName());
    config.putAll(changes);
    assertThat(worker.validate(config).problems()).isEmpty();
    var create = new Command.Create(name, config, TargetState.STARTED);
    assertThat(worker.submit(create).get(2, TimeUnit.MINUTES))
        .isInstanceOf(CommandResult.Done.class);
    return first(name);
  }

  private static ConsumerRecord<String, String> first(String topic) {
    Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      var partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = System.nanoTime() + DEADLINE.toNanos();
      while (System.nanoTime() - end < 0) {
        for (var record : consumer.poll(Duration.ofMillis(200))) return record;
      }
    }
    throw new AssertionError("no record: " + worker.statuses().of(new WorkId(topic, 0)));
  }

  private static String header(ConsumerRecord<String, String> record) {
    return new String(record.headers().lastHeader("by").value(), StandardCharsets.UTF_8);
  }

  private static void assertVersion(String name, String version) {
    for (WorkId id : List.of(WorkId.instance(name), new WorkId(name, 0))) {
      awaitRunning(id);
      assertThat(worker.statuses().of(id).orElseThrow().version()).as("%s", id).isEqualTo(version);
    }
  }

  /** Its records may be there before its status is told. */
  private static void awaitRunning(WorkId id) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (worker.statuses().of(id).filter(e -> e.status().phase() == Phase.RUNNING).isEmpty()) {
      assertThat(System.nanoTime()).as("time left for %s to run", id).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** Puts {@code plugins/stamped-VERSION/stamped.jar} there. */
  private static void install(String version) throws IOException {
    Path location = Files.createDirectories(folder.resolve("plugins/stamped-" + version));
    try (var jar = new JarOutputStream(Files.newOutputStream(location.resolve("stamped.jar")))) {
      for (Class<?> type : classes()) {
        String name = type.getName().replace('.', '/') + ".class";
        try (var content = type.getResourceAsStream("/" + name)) {
          add(jar, name, content.readAllBytes());
        }
      }
      for (var plugin : PLUGINS.entrySet()) {
        String manifest = "META-INF/services/" + plugin.getKey().getName();
        add(jar, manifest, plugin.getValue().getName().getBytes(StandardCharsets.UTF_8));
      }
      add(jar, Stamped.STAMP, version.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Those of the package, which may lie in a folder or in a jar. */
  private static List<Class<?>> classes() {
    List<Class<?>> all = new ArrayList<>(List.of(Stamped.class.getDeclaredClasses()));
    all.add(Stamped.class);
    return all;
  }

  private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    jar.write(content);
    jar.closeEntry();
  }
}
