package dev.millrace.bench;

import dev.millrace.bench.NoteBook.Note;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One of two workers is killed. */
@Command(
    name = "cluster-kill",
    mixinStandardHelpOptions = true,
    description = "One of two workers is killed: until the other runs all tasks.")
final class ClusterKill implements Callable<Integer> {

  private static final Duration SETTLE = Duration.ofSeconds(5);

  @Mixin private ClusterOptions options;

  @Option(
      names = "--reference-delay-zero",
      description = "Kafka Connect with scheduled.rebalance.max.delay.ms=0; else five minutes.")
  private boolean delayZero;

  @Option(names = "--leader", description = "Kills the worker that was started first.")
  private boolean leader;

  @Override
  public Integer call() throws IOException, InterruptedException {
    String scenario = "cluster-kill" + (leader ? "-leader" : "") + (delayZero ? "-delay-zero" : "");
    return options.run(
        scenario,
        Map.of("leader", leader, "referenceDelayZero", delayZero),
        contestant ->
            delayZero && contestant == Contestant.KAFKA_CONNECT
                ? Map.of("scheduled.rebalance.max.delay.ms", "0")
                : Map.of(),
        this::measure);
  }

  private void measure(Contestant contestant, Cluster cluster, Map<String, Double> figures)
      throws IOException, InterruptedException {
    int connectors = options.connectors();
    Worker first = cluster.start("first");
    Worker second = cluster.start("second");
    cluster.create(first, connectors);
    cluster.awaitRunning(first, connectors);
    cluster.awaitBalanced(connectors);
    Await.pass(SETTLE);
    Worker victim = leader ? first : second;
    Worker survivor = leader ? second : first;
    long dead = victim.process().pid();
    Set<String> lost = lost(cluster, dead);
    long killed = System.currentTimeMillis();
    victim.process().kill();
    var truth = new Truth(survivor, victim.id());
    cluster.await(
        "all tasks run on the survivor",
        () -> {
          truth.look();
          return cluster.notes().running(dead).size() >= connectors;
        });
    long end = cluster.notes().last("task-start");
    cluster.await("REST tells the truth", truth::look);
    cluster.awaitRunning(survivor, connectors);
    figures.put("seconds until all tasks run on the survivor", (end - killed) / 1e3);
    figures.put("seconds that REST shows lost tasks as running", truth.seconds(killed));
    figures.put("events of the survivor's tasks", events(cluster, killed, lost));
  }

  private static Set<String> lost(Cluster cluster, long dead) throws IOException {
    return cluster.notes().running(0).entrySet().stream()
        .filter(task -> task.getValue() == dead)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static double events(Cluster cluster, long since, Set<String> lost) throws IOException {
    return cluster.notes().since(since).stream()
        .filter((Note note) -> note.what().startsWith("task") && !lost.contains(note.connector()))
        .count();
  }

  /** Whether REST says that tasks run on a worker that is dead. */
  private static final class Truth {
    private final Worker asked;
    private final String dead;
    private long lastLie;

    Truth(Worker asked, String dead) {
      this.asked = asked;
      this.dead = dead;
    }

    boolean look() throws IOException, InterruptedException {
      boolean lies =
          asked.tasks().stream().anyMatch(task -> task.runs() && task.worker().equals(dead));
      if (lies) lastLie = System.currentTimeMillis();
      return !lies;
    }

    double seconds(long since) {
      return Math.max(0, (lastLie - since) / 1e3);
    }
  }
}
