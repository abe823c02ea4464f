package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.engine.Traces;
import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus.Phase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plugin's password, which it tells with everything it throws: nobody else tells it on. */
class SecretsIT {
  private static final String PASSWORD = "swordfish-of-" + SecretsIT.class.getSimpleName();
  private static final String PLACEHOLDER = "${vault:db:password}";

  @TempDir static Path kafkaDir;
  @TempDir static Path dataDir;
  private static EmbeddedKafka kafka;
  private static Worker worker;
  private static final Lines LOG = new Lines();

  private static final class Lines extends AbstractAppender {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    Lines() {
      super("lines of SecretsIT", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      String text = event.getMessage().getFormattedMessage();
      if (event.getThrown() != null) text += Traces.of(event.getThrown());
      if (text.contains(PASSWORD) || text.contains(PLACEHOLDER)) lines.add(text);
    }

    boolean has(String text) {
      return lines.stream().anyMatch(line -> line.contains(text));
    }
  }

  private static final class Vault implements ConfigProvider {
    @Override
    public ConfigData get(String path) {
      return get(path, Set.of("password"));
    }

    @Override
    public ConfigData get(String path, Set<String> keys) {
      return new ConfigData(Map.of("password", PASSWORD));
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
  }

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.builder().dataDir(kafkaDir).start();
    var context = (LoggerContext) LogManager.getContext(false);
    LOG.start();
    context.getConfiguration().getRootLogger().addAppender(LOG, null, null);
    worker =
        Worker.builder()
            .settings(
                WorkerSettings.of(
                    Map.of(
                        "bootstrap.servers", kafka.bootstrapServers(),
                        "group.id", "secrets-it",
                        "millrace.data.dir", dataDir.toString(),
                        "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                        "value.converter", "org.apache.kafka.connect.storage.StringConverter",
                        "offset.storage.topic", "secrets-it-offsets",
                        "offset.flush.interval.ms", "100")))
            .configProvider("vault", new Vault())
            .start();
    worker.started().get(60, TimeUnit.SECONDS);
  }

  @AfterAll
  static void stop() {
    worker.close();
    var context = (LoggerContext) LogManager.getContext(false);
    context.getConfiguration().getRootLogger().removeAppender(LOG.getName());
    LOG.stop();
    kafka.close();
  }

  @Test
  @DisplayName("§10.8 A password that plugins tell is in no log, status, answer or dead letter")
  void nobodyTellsItOn() throws Exception {
    create(config("telling", TellingPlugins.Source.class, "topic"));
    create(config("told", TellingPlugins.Sink.class, "topics"));
    var source = new WorkId("telling", 0);
    await("source fails", () -> is(source, Phase.FAILED));
    await("sink ignores", () -> LOG.has("ignored offsets from preCommit"));
    for (String line :
        List.of(
            "could not make its task configurations",
            "waits for the source",
            "commit() of the task",
            "commitRecord() of the task",
            "Error encountered in task telling-0",
            "Error encountered in task told-0",
            "waits for the sink",
            "preCommit failed")) {
      await(line, () -> LOG.has(line));
    }
    assertThat(detail(source)).contains(PLACEHOLDER).doesNotContain(PASSWORD);
    assertThat(worker.events().newest(1_000, event -> true).toString()).doesNotContain(PASSWORD);
    assertThat(letters()).hasSizeGreaterThan(1).allMatch(l -> l.contains(PLACEHOLDER));
    assertThat(letters()).noneMatch(l -> l.contains(PASSWORD));
    answersHideIt();
    done(new Command.Delete("told"));
    done(new Command.Delete("telling"));
    await("end told", () -> LOG.has("failed while it was being stopped"));
    assertThat(LOG.lines).noneMatch(line -> line.contains(PASSWORD));
  }

  private static void answersHideIt() throws Exception {
    var wrong = config("telling", TellingPlugins.Source.class, "topic");
    wrong.put("port", PLACEHOLDER);
    var answer = worker.validate(wrong);
    assertThat(answer.entries().toString()).contains(PLACEHOLDER).doesNotContain(PASSWORD);
    assertThat(answer.problems()).hasSizeGreaterThan(1);
    done(new Command.Retarget("telling", TargetState.STOPPED));
    await("stopped", () -> worker.state().connectors().get("telling").tasks().isEmpty());
    var refused = catchThrowable(() -> worker.offsets().reset("telling"));
    assertThat(refused).hasMessageContaining(PLACEHOLDER);
    assertThat(Traces.of(refused)).doesNotContain(PASSWORD);
  }

  private static Map<String, String> config(String name, Class<?> type, String topicKey) {
    var config = new HashMap<String, String>();
    config.put("name", name);
    config.put("connector.class", type.getName());
    config.put(topicKey, "secrets-it");
    config.put("password", PLACEHOLDER);
    config.put("consumer.override.auto.offset.reset", "earliest");
    config.put("transforms", "t");
    config.put("transforms.t.type", TellingPlugins.Step.class.getName());
    config.put("transforms.t.password", PLACEHOLDER);
    config.put("transforms.t.refused", topicKey.equals("topic") ? "bad" : "odd");
    config.put("errors.tolerance", "all");
    config.put("errors.log.enable", "true");
    config.put("errors.log.include.messages", "true");
    config.put("errors.deadletterqueue.topic.name", "secrets-it-letters");
    config.put("errors.deadletterqueue.topic.replication.factor", "1");
    config.put("errors.deadletterqueue.context.headers.enable", "true");
    return config;
  }

  /** The headers of each dead letter, as text. */
  private static List<String> letters() {
    var settings = Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers());
    var partition = new TopicPartition("secrets-it-letters", 0);
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      var found = new CopyOnWriteArrayList<String>();
      while (consumer.position(partition) < end) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(
                record -> {
                  var text = new StringBuilder();
                  record.headers().forEach(h -> text.append(text(h.value())));
                  found.add(text.toString());
                });
      }
      return found;
    }
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }

  private static String detail(WorkId id) {
    return worker.statuses().of(id).orElseThrow().status().detail();
  }

  private static void create(Map<String, String> config) throws Exception {
    done(new Command.Create(config.get("name"), config, TargetState.STARTED));
  }

  private static void done(Command command) throws Exception {
    assertThat(worker.submit(command).get(60, TimeUnit.SECONDS))
        .isInstanceOf(CommandResult.Done.class);
  }

  private static boolean is(WorkId id, Phase phase) {
    return worker.statuses().of(id).filter(e -> e.status().phase() == phase).isPresent();
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }
}
