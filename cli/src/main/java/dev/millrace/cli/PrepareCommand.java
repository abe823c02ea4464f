package dev.millrace.cli;

import dev.millrace.cli.rehearsal.RehearsalPlugin;
import dev.millrace.cli.rehearsal.Requests;
import dev.millrace.worker.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * {@code millrace prepare}: goes through starts in a folder of its own, with a Kafka in a process
 * of its own, and through changes of connectors, so that the JVM, as bin/millrace starts it, notes
 * which classes these need.
 */
@Command(
    name = "prepare",
    mixinStandardHelpOptions = true,
    description = "Makes the start cache now; otherwise the first worker does, in the background.")
final class PrepareCommand implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int WORKER_STARTS = 2; // one makes its topics, one finds them
  private static final String ANY_PORT = "http://127.0.0.1:0";
  private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";

  private final Outside outside;

  PrepareCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("millrace-prepare");
    try (var kafka = RehearsalKafka.start(folder)) {
      Path worker = workerFile(folder, kafka.bootstrapServers());
      int code = 0;
      for (int start = 0; code == 0 && start < WORKER_STARTS; start++) {
        Use use = start == WORKER_STARTS - 1 ? this::change : Requests::look;
        code = rehearse(use, folder.resolve("worker"), "worker", worker.toString());
      }
      return code != 0 ? code : rehearse(Requests::look, folder.resolve("run"), run(folder, kafka));
    } finally {
      delete(folder);
    }
  }

  /** What is done with a worker. */
  private interface Use {
    void of(Requests worker) throws IOException, InterruptedException;
  }

  private void change(Requests worker) throws IOException, InterruptedException {
    worker.look();
    outside.out().printf("%d changes of connectors rehearsed%n", worker.change());
  }

  private static Path workerFile(Path folder, String bootstrapServers) throws IOException {
    Map<String, String> settings = new TreeMap<>();
    settings.put(WorkerSettings.BOOTSTRAP_SERVERS, bootstrapServers);
    settings.put(WorkerSettings.GROUP_ID, "rehearsal");
    settings.put(WorkerSettings.LISTENERS, ANY_PORT);
    settings.put(WorkerSettings.DATA_DIR, folder.resolve("worker").toString());
    settings.put(WorkerSettings.PLUGIN_PATH, RehearsalPlugin.in(folder).toString());
    settings.put(WorkerSettings.KEY_CONVERTER, JSON);
    settings.put(WorkerSettings.VALUE_CONVERTER, JSON);
    for (String topic : List.of("config", "offset", "status")) {
      settings.put(topic + ".storage.topic", topic);
      settings.put(topic + ".storage.replication.factor", "1");
    }
    return Files.writeString(
        folder.resolve("worker.properties"),
        settings.entrySet().stream()
            .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
            .collect(Collectors.joining()));
  }

  private static String[] run(Path folder, RehearsalKafka kafka) {
    return new String[] {
      "run",
      "--data-dir",
      folder.resolve("run").toString(),
      "--bootstrap-servers",
      kafka.bootstrapServers(),
      "--listen",
      ANY_PORT
    };
  }

  /** Starts a worker, uses it and stops it; returns its exit code. */
  private int rehearse(Use use, Path dataDir, String... command) {
    Stop stop = new Stop();
    var asking = Thread.ofPlatform().daemon().name("prepare").start(() -> use(use, dataDir, stop));
    var inner =
        new Outside(
            outside.out(),
            outside.err(),
            false,
            outside.environment(),
            dataDir.resolveSibling("home"),
            outside.homeText(),
            stop);
    int code = Main.execute(inner, command);
    asking.interrupt();
    return code;
  }

  /** Ends the worker in any case. */
  private void use(Use use, Path dataDir, Stop stop) {
    try (var worker = new Requests(address(dataDir))) {
      worker.awaitHealthy();
      use.of(worker);
    } catch (IOException e) {
      outside.err().println("error: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stop.ask();
    }
  }

  private static String address(Path dataDir) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < DEADLINE.toNanos()) {
      Optional<String> found =
          Addresses.find(List.of(dataDir), Addresses.REST).filter(a -> !a.isEmpty());
      if (found.isPresent()) return found.get();
      Thread.sleep(LOOK);
    }
    throw new IOException("The worker was not ready within " + DEADLINE.toSeconds() + " s.");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).forEach(PrepareCommand::deleteOne);
    }
  }

  private static void deleteOne(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
