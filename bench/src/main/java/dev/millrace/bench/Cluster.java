package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The workers of one contestant over a fresh broker, and what their connectors note. Used by one
 * thread.
 */
final class Cluster implements AutoCloseable {

  static final List<String> FLAGS =
      List.of("-Xms256m", "-Xmx1g", "-XX:+UseG1GC", "-XX:-UsePerfData");
  private static final Duration RUNNING = Duration.ofMinutes(10);
  private static final Duration LOOK = Duration.ofMillis(20);

  private final Contestant contestant;
  private final Place place;
  private final Map<String, String> settings;
  private final Broker broker;
  private final NoteBook notes;
  private final Path hang;
  private final List<Worker> workers = new ArrayList<>();

  private Cluster(
      Contestant contestant, Place place, Map<String, String> settings, Broker broker, Path folder)
      throws IOException {
    this.contestant = contestant;
    this.place = place;
    this.settings = settings;
    this.broker = broker;
    this.notes = new NoteBook(folder.resolve("notes"));
    this.hang = folder.resolve("hang");
  }

  /**
   * A cluster without workers.
   *
   * @param settings of its workers, more than the usual ones
   */
  static Cluster of(Contestant contestant, Path root, Path folder, Map<String, String> settings)
      throws IOException, InterruptedException {
    Path own = Files.createDirectories(folder.resolve(contestant.name()));
    Broker broker = Broker.start(own);
    Place place = new Place(root, own, PluginFolder.in(own), broker.bootstrapServers());
    contestant.prepare(place);
    return new Cluster(contestant, place, settings, broker, own);
  }

  /** Starts a worker, which may not take requests yet. */
  Worker begin(String name) throws IOException {
    List<String> flags = new ArrayList<>(FLAGS);
    flags.add("-Dbench.hang.file=" + hang);
    Worker worker = contestant.start(place, name, flags, settings);
    workers.add(worker);
    return worker;
  }

  /** Starts a worker that takes requests. */
  Worker start(String name) throws IOException, InterruptedException {
    Worker worker = begin(name);
    worker.awaitReady();
    return worker;
  }

  NoteBook notes() {
    return notes;
  }

  /** As long as it is there, plugin code that shall hang does. */
  Path hang() {
    return hang;
  }

  static String name(int number) {
    return "bench-%03d".formatted(number);
  }

  /** The configuration of a connector that notes its life. */
  Map<String, String> config(String name, String value) {
    return Map.of(
        "name",
        name,
        "connector.class",
        "dev.millrace.bench.plugin.NotingSource",
        "tasks.max",
        "1",
        "bench.notes",
        notes.folder().toString(),
        "bench.value",
        value);
  }

  /** Creates connectors one after the other; how long each was waited for. */
  Samples create(Worker worker, int connectors) throws IOException, InterruptedException {
    Samples answered = new Samples();
    for (int i = 0; i < connectors; i++) {
      long began = System.nanoTime();
      worker.create(name(i), config(name(i), "0"));
      answered.add((System.nanoTime() - began) / 1e6);
    }
    return answered;
  }

  /** Waits until so many tasks have begun, and REST says so too. */
  void awaitRunning(Worker asked, int tasks) throws IOException, InterruptedException {
    await(tasks + " tasks run", () -> notes.running(0).size() >= tasks);
    await("REST shows " + tasks + " tasks running", () -> asked.runningTasks() >= tasks);
  }

  /** Waits until tasks are as many on the one worker as on the other. */
  void awaitBalanced(int tasks) throws IOException, InterruptedException {
    await("work is balanced", () -> balanced(tasks));
  }

  private boolean balanced(int tasks) throws IOException {
    var loads =
        notes.running(0).values().stream()
            .collect(Collectors.groupingBy(pid -> pid, Collectors.counting()))
            .values();
    return loads.size() == 2 && loads.stream().allMatch(load -> Math.abs(2 * load - tasks) <= 1);
  }

  void await(String what, Await.Condition condition) throws IOException, InterruptedException {
    Await.until(contestant.title() + ": " + what, RUNNING, LOOK, condition);
  }

  @Override
  public void close() throws IOException {
    workers.forEach(Worker::close);
    broker.close();
  }
}
