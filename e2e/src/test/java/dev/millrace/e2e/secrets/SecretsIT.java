package dev.millrace.e2e.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.e2e.Await;
import dev.millrace.engine.Traces;
import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.rest.RestServer;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerSettings;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
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
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** All that was answered. */
  private static final List<String> ANSWERS = new CopyOnWriteArrayList<>();

  private static final class Lines extends AbstractAppender {
    private static final List<String> LOGGERS = List.of("dev.millrace", "org.apache.kafka");

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

    /** From now on it has what is logged at the level of INFO, of us and of Kafka. */
    void listen() {
      start();
      var context = (LoggerContext) LogManager.getContext(false);
      var root = context.getConfiguration().getRootLogger();
      for (String name : LOGGERS) {
        var logger = new LoggerConfig(name, Level.INFO, false);
        logger.addAppender(this, null, null);
        root.getAppenders().values().forEach(a -> logger.addAppender(a, root.getLevel(), null));
        context.getConfiguration().addLogger(name, logger);
      }
      context.updateLoggers();
    }

    void leave() {
      var context = (LoggerContext) LogManager.getContext(false);
      LOGGERS.forEach(context.getConfiguration()::removeLogger);
      context.updateLoggers();
      stop();
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
    LOG.listen();
    worker =
        Worker.builder()
            .settings(
                WorkerSettings.of(
                    Map.of(
                        "bootstrap.servers", kafka.bootstrapServers(),
                        "group.id", "secrets-it",
                        "millrace.data.dir", dataDir.toString(),
                        "listeners", "http://127.0.0.1:0",
                        "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                        "value.converter", "org.apache.kafka.connect.storage.StringConverter",
                        "offset.storage.topic", "secrets-it-offsets",
                        "offset.flush.interval.ms", "100")))
            .configProvider("vault", new Vault())
            .rest(RestServer.factory())
            .start();
    worker.started().get(3, TimeUnit.MINUTES);
  }

  @AfterAll
  static void stop() {
    worker.close();
    LOG.leave();
    kafka.close();
  }

  @Test
  @DisplayName("§10.8 A password that plugins tell is in no log, status, answer or dead letter")
  void nobodyTellsItOn() throws Exception {
    create(config("telling", TellingPlugins.Source.class, "topic"));
    create(config("told", TellingPlugins.Sink.class, "topics"));
    await("source fails", () -> get("/connectors/telling/tasks/0/status").contains("FAILED"));
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
    assertThat(get("/connectors/telling/status")).contains(PLACEHOLDER);
    assertThat(get("/connectors/telling/tasks")).contains(PLACEHOLDER);
    await("letters", () -> letters().size() > 1);
    assertThat(letters()).allMatch(l -> l.contains(PLACEHOLDER));
    assertThat(letters()).noneMatch(l -> l.contains(PASSWORD));
    everyRouteThatReads();
    refusals();
    send("DELETE", "/connectors/told", "");
    send("DELETE", "/connectors/telling", "");
    await("end told", () -> LOG.has("failed while it was being stopped"));
    assertThat(get("/v1/events")).contains(PLACEHOLDER);
    assertThat(ANSWERS).hasSizeGreaterThan(40).noneMatch(answer -> answer.contains(PASSWORD));
    assertThat(LOG.lines).noneMatch(line -> line.contains(PASSWORD));
  }

  /** What is asked for is kept with all other answers, to be looked through. */
  private static void everyRouteThatReads() throws Exception {
    get("/connectors?expand=status&expand=info");
    var paths = JSON.readTree(get("/openapi.json")).path("paths").properties();
    for (var path : paths) {
      if (!path.getValue().has("get")) continue;
      for (String connector : List.of("telling", "told")) {
        get(
            path.getKey()
                .replace("{connector}", connector)
                .replace("{task}", "0")
                .replace("{plugin}", TellingPlugins.Source.class.getName())
                .replace("{topology}", "flow")
                .replace("{stage}", connector)
                .replace("{logger}", "root"));
      }
    }
  }

  private static void refusals() throws Exception {
    var wrong = config("telling", TellingPlugins.Source.class, "topic");
    wrong.put("refuse", "true");
    wrong.put("port", PLACEHOLDER);
    String validate = "/connector-plugins/" + wrong.get("connector.class") + "/config/validate";
    assertThat(send("PUT", validate, text(wrong)))
        .contains(PLACEHOLDER, "access denied", "Invalid value");
    assertThat(send("PUT", "/connectors/telling/config", text(wrong)))
        .contains(PLACEHOLDER, "access denied");
    wrong.put("name", "other");
    assertThat(send("PUT", "/connectors/other/config", text(wrong))).contains(PLACEHOLDER);
    send("PUT", "/connectors/telling/stop", "");
    await("stopped", () -> get("/connectors/telling/status").contains("\"tasks\":[]"));
    assertThat(send("DELETE", "/connectors/telling/offsets", ""))
        .contains(PLACEHOLDER, "access denied");
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
    config.put("topology.name", "flow");
    config.put("topology.stage", name);
    config.put("restart.policy", "never");
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

  private static String text(Map<String, String> config) throws Exception {
    return JSON.writeValueAsString(config);
  }

  private static void create(Map<String, String> config) throws Exception {
    String path = "/connectors/" + config.get("name") + "/config";
    assertThat(send("PUT", path, text(config))).contains("\"type\"");
  }

  private static String get(String path) throws Exception {
    return send("GET", path, "");
  }

  /** The answer's body and headers; of whatever status. */
  private static String send(String method, String path, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(worker.restUri().orElseThrow().resolve(path))
            .timeout(Duration.ofMinutes(3))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    var answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    ANSWERS.add(method + " " + path + ": " + answer.body() + answer.headers().map());
    return answer.body();
  }

  private static void await(String what, Callable<Boolean> condition) {
    Await.until(what, Await.LONG, condition, () -> LOG.lines);
  }
}
