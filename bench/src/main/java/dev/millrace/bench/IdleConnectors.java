package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a worker holds while many source connectors run that have nothing to do. */
@Command(
    name = "idle-connectors",
    mixinStandardHelpOptions = true,
    description = "Threads, connections and memory with many idle source connectors.")
final class IdleConnectors implements Callable<Integer> {

  private static final Duration RUNNING = Duration.ofMinutes(5);

  @Option(names = "--connectors", description = "How many; ${DEFAULT-VALUE} unless given.")
  private int connectors = 100;

  @Option(names = "--exactly-once", description = "With exactly.once.source.support=enabled.")
  private boolean exactlyOnce;

  @Option(
      names = "--settle-seconds",
      description = "Between the last task's start and the count; ${DEFAULT-VALUE} unless given.")
  private int settleSeconds = 75;

  @Option(
      names = "--heap",
      description =
          "One of ${COMPLETION-CANDIDATES}: what everybody is given, 256 MB or 32 MB at first, or"
              + " what each start script gives; ${DEFAULT-VALUE} unless given.")
  private Heap heap = Heap.EQUAL;

  @Option(
      names = "--only",
      description = "One of ${COMPLETION-CANDIDATES}; the first two unless given.")
  private List<Contestant> only = Contestant.USUAL;

  @Spec private CommandSpec spec;

  /** The heap's size at first, and all else that the JVM is told. */
  enum Heap {
    EQUAL,
    SMALL,
    OWN;

    List<String> flags(Contestant contestant) {
      return switch (this) {
        case EQUAL -> Cluster.FLAGS;
        case SMALL -> List.of("-Xms32m", "-Xmx1g", "-XX:+UseG1GC", "-XX:-UsePerfData");
        case OWN -> contestant.ownFlags();
      };
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (heap == Heap.OWN && only.contains(Contestant.MILLRACE)) {
      throw new ParameterException(
          spec.commandLine(),
          "MILLRACE is started without its start script; with --heap OWN give --only KAFKA_CONNECT"
              + " --only MILLRACE_CACHED.");
    }
    Path root = Path.of(System.getProperty("bench.root", "."));
    Report report = new Report("idle-connectors", conditions());
    try (Guard.Folder folder = Guard.Folder.create()) {
      for (Contestant contestant : only) {
        System.err.println("Measuring " + contestant.title() + "…");
        Path own = folder.path().resolve(contestant.name());
        report.add(contestant, measure(contestant, root, own));
      }
    }
    Path json =
        Files.createDirectories(root.resolve("bench/target")).resolve("idle-connectors.json");
    report.writeJson(json);
    System.out.println(report.table());
    System.err.println("JSON: " + json);
    return 0;
  }

  private Map<String, Object> conditions() {
    return Map.of(
        "connectors",
        connectors,
        "exactlyOnce",
        exactlyOnce,
        "settleSeconds",
        settleSeconds,
        "jvm",
        System.getProperty("java.vm.version"),
        "flags",
        only.stream().map(heap::flags).distinct().toList(),
        "processors",
        Runtime.getRuntime().availableProcessors());
  }

  private Map<String, Double> measure(Contestant contestant, Path root, Path folder)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    try (Broker broker = Broker.start(folder)) {
      Place place = new Place(root, folder, PluginFolder.in(folder), broker.bootstrapServers());
      contestant.prepare(place);
      Map<String, String> extra =
          Map.of("exactly.once.source.support", exactlyOnce ? "enabled" : "disabled");
      try (Worker worker = contestant.start(place, heap.flags(contestant), extra)) {
        long began = System.nanoTime();
        createAll(worker);
        Await.until("all tasks run", RUNNING, () -> worker.runningTasks() == connectors);
        double took = Duration.ofNanos(System.nanoTime() - began).toMillis() / 1000.0;
        Await.pass(Duration.ofSeconds(settleSeconds));
        return figures(Footprint.of(worker.process(), broker.port()), took);
      }
    }
  }

  private void createAll(Worker worker) throws IOException, InterruptedException {
    for (int i = 0; i < connectors; i++) {
      String name = "idle-" + i;
      worker.create(
          name,
          Map.of(
              "name", name,
              "connector.class", "dev.millrace.bench.plugin.IdleSource",
              "tasks.max", "1"));
    }
  }

  private static Map<String, Double> figures(Footprint held, double took) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("threads", (double) held.threads());
    figures.put("connections to the broker", (double) held.connections());
    figures.put("resident memory, MB", (double) (held.rssBytes() >> 20));
    figures.put("heap after a collection, MB", (double) (held.heapBytes() >> 20));
    figures.put("seconds until all run", took);
    return figures;
  }
}
