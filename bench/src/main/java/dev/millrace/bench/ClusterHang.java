package dev.millrace.bench;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A connector hangs in one of its methods; what requests about others notice. */
@Command(
    name = "cluster-hang",
    mixinStandardHelpOptions = true,
    description = "A connector hangs in a method: requests about others, and their changes.")
final class ClusterHang implements Callable<Integer> {

  private static final String NAME = "hanging";
  private static final Duration REQUEST = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int MOST_TIMEOUTS = 2;

  /** Where it hangs; those that only a deletion calls are hung by one. */
  private static final List<String> METHODS =
      List.of(
          "Connector.config",
          "Connector.validate",
          "Connector.start",
          "Connector.taskConfigs",
          "Connector.stop",
          "Task.start",
          "Task.poll",
          "Task.stop");

  @Mixin private ClusterOptions options;

  @Option(names = "--rounds", description = "Of three requests. Default: ${DEFAULT-VALUE}")
  private int rounds = 50;

  @Override
  public Integer call() throws IOException, InterruptedException {
    return options.run("cluster-hang", Map.of("rounds", rounds), this::measure);
  }

  private void measure(Contestant contestant, Cluster cluster, Map<String, Double> figures)
      throws IOException, InterruptedException {
    Worker worker = cluster.start("first");
    cluster.create(worker, options.connectors());
    cluster.awaitRunning(worker, options.connectors());
    requests(cluster, worker); // the first ones compile
    figures.put("p99 ms, nothing hangs", requests(cluster, worker).quantile(0.99));
    for (String method : METHODS) {
      System.err.println("  " + method);
      figures.put("p99 ms, hanging in " + method, hanging(cluster, worker, method));
    }
  }

  private double hanging(Cluster cluster, Worker worker, String method)
      throws IOException, InterruptedException {
    boolean stops = method.endsWith(".stop");
    if (stops) {
      worker.create(NAME, config(cluster, method));
      cluster.await("it runs", () -> cluster.notes().running(0).containsKey(NAME));
    }
    Files.writeString(cluster.hang(), method);
    Thread asking =
        Thread.ofPlatform().daemon().start(() -> ask(cluster, worker, stops ? "" : method));
    Await.pass(LOOK);
    double p99 = requests(cluster, worker).quantile(0.99);
    Files.delete(cluster.hang());
    asking.join();
    cluster.await("it is deleted", () -> gone(worker));
    return p99;
  }

  /** The request that leads to the hanging call; it may not be answered before the deadline. */
  private static void ask(Cluster cluster, Worker worker, String method) {
    try {
      if (method.isEmpty()) worker.delete(NAME);
      else worker.create(NAME, config(cluster, method));
    } catch (IOException e) {
      System.err.println("  " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean gone(Worker worker) throws IOException, InterruptedException {
    return worker.send("DELETE", "connectors/" + NAME, "", Duration.ofMinutes(2)).status() == 404;
  }

  private static Map<String, String> config(Cluster cluster, String method) {
    Map<String, String> config = new HashMap<>(cluster.config(NAME, "0"));
    config.put("bench.hang", method);
    if (method.equals("Connector.config")) {
      config.put("connector.class", "dev.millrace.bench.plugin.HangingDefinition");
    }
    return config;
  }

  /** Looks at all connectors and at one, and changes one; what is not answered counts as late. */
  private Samples requests(Cluster cluster, Worker worker)
      throws IOException, InterruptedException {
    Samples samples = new Samples();
    int late = 0;
    for (int i = 0; i < rounds && late < MOST_TIMEOUTS; i++) {
      String name = Cluster.name(i % options.connectors());
      String config = Worker.json(cluster.config(name, "hang" + System.nanoTime()));
      if (!sample(samples, worker, "GET", "connectors?expand=status", "")) late++;
      if (!sample(samples, worker, "GET", "connectors/" + name + "/status", "")) late++;
      if (!sample(samples, worker, "PUT", "connectors/" + name + "/config", config)) late++;
    }
    return samples;
  }

  private static boolean sample(
      Samples samples, Worker worker, String method, String path, String body)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    try {
      worker.send(method, path, body, REQUEST);
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      samples.add((System.nanoTime() - began) / 1e6);
    }
  }
}
