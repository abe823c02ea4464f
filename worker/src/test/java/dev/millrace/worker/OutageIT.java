package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka goes away for longer than a transaction may last, and comes back. */
class OutageIT {
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final String TOPIC = "outage";
  private static final int LIMIT = 100_000_000; // there is always something to send
  private static final int MORE = 500;

  @TempDir Path kafkaDir;
  @TempDir Path dataDir;
  private EmbeddedKafka kafka;
  private Worker worker;
  private ClusterLookup lookup;

  @BeforeEach
  void start() throws Exception {
    kafka = EmbeddedKafka.builder().dataDir(kafkaDir).start();
  }

  @AfterEach
  void stop() {
    lookup.close();
    worker.close();
    kafka.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"enabled", "disabled"})
  @DisplayName(
      "§4.14 §5.16 after an outage of Kafka a topology goes on by itself, and loses nothing")
  void goesOn(String exactlyOnce) throws Exception {
    worker = worker(exactlyOnce);
    lookup = new ClusterLookup(impatient(), kafka.bootstrapServers());
    worker.started().get(2, TimeUnit.MINUTES);
    assertThat(
            worker
                .submit(new Command.Create("src", source(), TargetState.STARTED))
                .get(2, TimeUnit.MINUTES))
        .isInstanceOf(CommandResult.Done.class);
    await("records", () -> read(0).size() > 100);
    int before = read(0).size();
    kafka.close();
    lookup.begin();
    await("it shows what it waits for", this::waits);
    kafka = EmbeddedKafka.builder().dataDir(kafkaDir).start();
    await("the id of a cluster that was away", () -> !lookup.id().isEmpty());
    var wanted = numbers(before + MORE);
    await("all records", () -> new HashSet<>(read(0)).containsAll(wanted));
    if (exactlyOnce.equals("disabled")) return;
    var all = read(500);
    assertThat(all).isEqualTo(numbers(all.size()));
  }

  private Map<String, Object> impatient() {
    return Map.of(
        "bootstrap.servers",
        kafka.bootstrapServers(),
        "default.api.timeout.ms",
        200,
        "request.timeout.ms",
        100);
  }

  /** Or has failed and waits for its restart. */
  private boolean waits() {
    var task = new WorkId("src", 0);
    return worker.statuses().waiting(task).isPresent()
        || worker.statuses().nextRestart(task).isPresent();
  }

  private Worker worker(String exactlyOnce) {
    var settings = new HashMap<String, String>();
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("group.id", "it-outage");
    settings.put("millrace.data.dir", dataDir.toString());
    settings.put("exactly.once.source.support", exactlyOnce);
    settings.put("offset.storage.topic", "offsets-outage");
    settings.put("offset.flush.interval.ms", "500");
    return Worker.builder().settings(WorkerSettings.of(settings)).start();
  }

  private static Map<String, String> source() {
    var config = new HashMap<String, String>();
    config.put("name", "src");
    config.put("connector.class", TrickySource.class.getName());
    config.put("topic", TOPIC);
    config.put("limit", String.valueOf(LIMIT));
    config.put("rest.ms", "20");
    config.put("value.converter", "org.apache.kafka.connect.storage.StringConverter");
    config.put("transaction.boundary", "interval");
    config.put("transaction.boundary.interval.ms", "200");
    config.put("producer.override.transaction.timeout.ms", "500");
    config.put("topology.name", "flow"); // restarts by itself
    config.put("topology.stage", "src");
    return config;
  }

  private static List<String> numbers(int to) {
    return IntStream.rangeClosed(1, to).mapToObj(Integer::toString).toList();
  }

  /** What a reader of committed records sees, up to the end, and for so long beyond it. */
  private List<String> read(long moreMs) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
    var found = new ArrayList<String>();
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      var partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> found.add(record.value()));
      }
      consumer.poll(Duration.ofMillis(moreMs)).forEach(record -> found.add(record.value()));
    }
    return found;
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      LockSupport.parkNanos(50_000_000);
    }
  }
}
