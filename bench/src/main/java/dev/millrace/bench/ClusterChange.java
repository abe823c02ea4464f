package dev.millrace.bench;

import dev.millrace.bench.NoteBook.Note;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Connectors changed, created and deleted among many on two workers; what the others notice. */
@Command(
    name = "cluster-change",
    mixinStandardHelpOptions = true,
    description = "Changing, creating and deleting single connectors among many.")
final class ClusterChange implements Callable<Integer> {

  private static final Duration SETTLE = Duration.ofSeconds(5);

  /** In which a worker has ended all that a change brings with it. */
  private static final Duration REST = Duration.ofSeconds(1);

  @Mixin private ClusterOptions options;

  @Option(
      names = "--changes",
      description = "Changes waited for, and changes at rest. Default: ${DEFAULT-VALUE}")
  private int changes = 100;

  @Override
  public Integer call() throws IOException, InterruptedException {
    return options.run("cluster-change", Map.of("changes", changes), this::measure);
  }

  private void measure(Contestant contestant, Cluster cluster, Map<String, Double> figures)
      throws IOException, InterruptedException {
    int connectors = options.connectors();
    Worker worker = cluster.start("first");
    cluster.start("second");
    for (int i = 0; i < connectors; i++) put(cluster, worker, Cluster.name(i), "0");
    cluster.awaitRunning(worker, connectors);
    cluster.awaitBalanced(connectors);
    Await.pass(SETTLE);
    waitedFor(cluster, worker, figures);
    cluster.awaitBalanced(connectors);
    Await.pass(SETTLE);
    burst(cluster, worker, connectors, figures);
    cluster.await("all have changed", () -> changed(cluster) >= connectors);
    Await.pass(SETTLE);
    atRest(cluster, worker, figures);
    createAndDelete(cluster, worker, connectors, figures);
  }

  /** Each change is waited for, until the connector's task runs with it. */
  private void waitedFor(Cluster cluster, Worker worker, Map<String, Double> figures)
      throws IOException, InterruptedException {
    Set<String> touched = new TreeSet<>();
    Samples answered = new Samples();
    Samples running = new Samples();
    long since = System.currentTimeMillis();
    for (int i = 0; i < changes; i++) {
      String name = Cluster.name(i % options.connectors());
      String value = "change" + i;
      touched.add(name);
      long millis = System.currentTimeMillis();
      answered.add(put(cluster, worker, name, value));
      Predicate<Note> there = note -> note.is("task-start") && note.value().equals(value);
      cluster.await(
          name + " runs with " + value, () -> cluster.notes().all().stream().anyMatch(there));
      cluster.notes().all().stream()
          .filter(there)
          .forEach(note -> running.add((double) (note.millis() - millis)));
    }
    Await.pass(SETTLE);
    answered.into(figures, "change answered, each waited for");
    running.into(figures, "change until the task runs with it");
    figures.put(
        "events of other tasks at " + changes + " changes", others(cluster, since, touched));
  }

  /**
   * A creation or change answered, in milliseconds; polls of the task are short, since its stop
   * waits for them.
   */
  private static double put(Cluster cluster, Worker worker, String name, String value)
      throws IOException, InterruptedException {
    Map<String, String> config = new HashMap<>(cluster.config(name, value));
    config.put("bench.poll.ms", "50");
    long began = System.nanoTime();
    worker.create(name, config);
    return (System.nanoTime() - began) / 1e6;
  }

  /** All connectors are changed, without waiting for more than the answers. */
  private static void burst(
      Cluster cluster, Worker worker, int connectors, Map<String, Double> figures)
      throws IOException, InterruptedException {
    Samples answered = new Samples();
    for (int i = 0; i < connectors; i++) {
      answered.add(put(cluster, worker, Cluster.name(i), "burst"));
    }
    answered.into(figures, "change answered, one after another");
  }

  /** Each change comes when nothing of the one before is under way any more. */
  private void atRest(Cluster cluster, Worker worker, Map<String, Double> figures)
      throws IOException, InterruptedException {
    Samples answered = new Samples();
    for (int i = 0; i < changes; i++) {
      answered.add(put(cluster, worker, Cluster.name(i % options.connectors()), "rest" + i));
      Await.pass(REST);
    }
    answered.into(figures, "change answered, at rest");
  }

  private static long changed(Cluster cluster) throws IOException {
    return cluster.notes().all().stream()
        .filter(note -> note.is("task-start") && note.value().equals("burst"))
        .map(Note::connector)
        .distinct()
        .count();
  }

  private static void createAndDelete(
      Cluster cluster, Worker worker, int connectors, Map<String, Double> figures)
      throws IOException, InterruptedException {
    Set<String> touched = new TreeSet<>();
    long since = System.currentTimeMillis();
    for (int i = 0; i < 10; i++) {
      String name = Cluster.name(connectors + i);
      touched.add(name);
      worker.create(name, cluster.config(name, "0"));
      cluster.await(name + " runs", () -> cluster.notes().running(0).containsKey(name));
    }
    Await.pass(SETTLE);
    figures.put("events of other tasks at 10 creations", others(cluster, since, touched));
    long later = System.currentTimeMillis();
    for (String name : touched) {
      worker.delete(name);
      cluster.await(name + " is gone", () -> !cluster.notes().running(0).containsKey(name));
    }
    Await.pass(SETTLE);
    figures.put("events of other tasks at 10 deletions", others(cluster, later, touched));
  }

  /** How often tasks and connectors that nobody touched were started, stopped or paused. */
  private static double others(Cluster cluster, long since, Set<String> touched)
      throws IOException {
    return cluster.notes().since(since).stream()
        .filter(note -> !touched.contains(note.connector()))
        .count();
  }
}
