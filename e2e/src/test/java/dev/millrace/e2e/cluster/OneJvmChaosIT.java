package dev.millrace.e2e.cluster;

import dev.millrace.e2e.Await;
import dev.millrace.e2e.KafkaProcess;
import dev.millrace.rest.RestServer;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three workers in one JVM that leave and come, and a broker that is restarted, without
 * exactly-once: nothing is lost, and no task runs twice at a time. Begun with {@code -Pchaos}.
 */
@Tag("chaos")
final class OneJvmChaosIT {
  private static final long SEED = Long.getLong("chaos.seed", System.currentTimeMillis());
  private static final int SECONDS = Integer.getInteger("chaos.seconds", 300);
  private static final List<String> NAMES = List.of("w1", "w2", "w3");

  @TempDir Path dir;
  private final Random chance = new Random(SEED);
  private final Map<String, Worker> workers = new TreeMap<>();
  private KafkaProcess kafka;
  private Numbers numbers;

  @AfterEach
  void end() {
    workers.values().forEach(Worker::close);
    if (kafka != null) kafka.close();
  }

  @Test
  void workersComeAndGo() throws Exception {
    System.out.printf("seed %d, %d s%n", SEED, SECONDS);
    kafka = new KafkaProcess(dir.resolve("kafka"));
    numbers = new Numbers(dir, 30, false);
    NAMES.forEach(this::start);
    for (int i = 0; i < numbers.connectors(); i++) {
      int number = i;
      var worker = addresses().get(i % NAMES.size());
      Await.until(
          "c" + i + " is created",
          Await.LONG,
          () -> {
            numbers.create(worker, number);
            return true;
          },
          () -> "");
    }
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    for (int i = 0; System.nanoTime() < end; i++) {
      String what = disturb();
      long began = System.nanoTime();
      numbers.allGoOn(
          "seed " + SEED + ", " + what, kafka.bootstrapServers(), addresses(), () -> "");
      System.out.printf(
          "%d: %s; all go on after %d ms%n", i, what, (System.nanoTime() - began) / 1_000_000);
      numbers.nothingRanTwice(() -> "");
    }
  }

  private String disturb() {
    String one = NAMES.get(chance.nextInt(NAMES.size()));
    String other = NAMES.get(chance.nextInt(NAMES.size()));
    switch (chance.nextInt(3)) {
      case 0 -> {
        restart(one);
        return one + " restarted";
      }
      case 1 -> {
        kafka.kill();
        kafka.start();
        return "broker killed";
      }
      default -> {
        kafka.kill();
        workers.remove(other).close();
        kafka.start();
        start(other);
        return "broker killed, and " + other + " restarted without it";
      }
    }
  }

  private void restart(String name) {
    workers.remove(name).close();
    start(name);
  }

  private void start(String name) {
    var settings = ChaosSettings.of(kafka.bootstrapServers(), dir, name, false);
    workers.put(
        name,
        Worker.builder().settings(WorkerSettings.of(settings)).rest(RestServer.factory()).start());
  }

  private List<URI> addresses() {
    return workers.values().stream().map(worker -> worker.restUri().orElseThrow()).toList();
  }
}
