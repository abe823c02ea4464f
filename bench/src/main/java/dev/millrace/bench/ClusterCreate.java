package dev.millrace.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Many connectors on one worker: created one after another, listed, stopped with the worker. */
@Command(
    name = "cluster-create",
    mixinStandardHelpOptions = true,
    description = "Creating many connectors, listing them all, and a graceful stop.")
final class ClusterCreate implements Callable<Integer> {

  private static final Duration REQUEST = Duration.ofSeconds(30);
  private static final Duration STOP = Duration.ofMinutes(5);

  @Mixin private ClusterOptions options;

  @Option(names = "--lists", description = "Requests for all connectors. Default: 100")
  private int lists = 100;

  @Override
  public Integer call() throws IOException, InterruptedException {
    return options.run(
        "cluster-create-" + options.connectors(), Map.of("lists", lists), this::measure);
  }

  private void measure(Contestant contestant, Cluster cluster, Map<String, Double> figures)
      throws IOException, InterruptedException {
    int connectors = options.connectors();
    Worker worker = cluster.start("first");
    long began = System.nanoTime();
    Samples created = cluster.create(worker, connectors);
    cluster.awaitRunning(worker, connectors);
    figures.put("seconds until all run", (System.nanoTime() - began) / 1e9);
    created.into(figures, "creation answered");
    list(worker).into(figures, "list with status and info");
    long stop = System.nanoTime();
    boolean graceful = worker.process().end(STOP);
    figures.put("seconds of the graceful stop", (System.nanoTime() - stop) / 1e9);
    figures.put("tasks stopped in order", stopped(cluster, graceful));
  }

  private Samples list(Worker worker) throws IOException, InterruptedException {
    Samples samples = new Samples();
    for (int i = 0; i < lists; i++) {
      long began = System.nanoTime();
      worker.send("GET", "connectors?expand=status&expand=info", "", REQUEST);
      samples.add((System.nanoTime() - began) / 1e6);
    }
    return samples;
  }

  private static double stopped(Cluster cluster, boolean graceful) throws IOException {
    if (!graceful) return 0;
    return cluster.notes().all().stream().filter(note -> note.is("task-stop")).count();
  }
}
