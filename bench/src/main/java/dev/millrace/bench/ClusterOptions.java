package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** What the scenarios with clusters have in common: options, and a run of each contestant. */
final class ClusterOptions {

  @Option(names = "--connectors", description = "How many; ${DEFAULT-VALUE} unless given.")
  private int connectors = 100;

  @Option(names = "--only", description = "One of ${COMPLETION-CANDIDATES}; all unless given.")
  private List<Contestant> only = List.of(Contestant.values());

  int connectors() {
    return connectors;
  }

  /** One contestant's part; fills in the figures, in the order of the table's rows. */
  interface Part {
    void measure(Contestant contestant, Cluster cluster, Map<String, Double> figures)
        throws IOException, InterruptedException;
  }

  /** Measures each contestant over a broker of its own; prints the table and writes the JSON. */
  int run(String scenario, Map<String, Object> conditions, Part part)
      throws IOException, InterruptedException {
    return run(scenario, conditions, contestant -> Map.of(), part);
  }

  /** Worker settings of a contestant. */
  interface Settings {
    Map<String, String> of(Contestant contestant);
  }

  /** The same with more worker settings. */
  int run(String scenario, Map<String, Object> conditions, Settings settings, Part part)
      throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("bench.root", "."));
    Report report = new Report(scenario, all(conditions));
    try (Guard.Folder folder = Guard.Folder.create()) {
      for (Contestant contestant : only) {
        System.err.println("Measuring " + contestant.title() + " in " + folder.path() + "…");
        Map<String, Double> figures = new LinkedHashMap<>();
        Map<String, String> own = settings.of(contestant);
        try (Cluster cluster = Cluster.of(contestant, root, folder.path(), own)) {
          part.measure(contestant, cluster, figures);
        }
        report.add(contestant, figures);
      }
    }
    Path json = Files.createDirectories(root.resolve("bench/target")).resolve(scenario + ".json");
    report.writeJson(json);
    System.out.println(report.table());
    System.err.println("JSON: " + json);
    return 0;
  }

  private Map<String, Object> all(Map<String, Object> conditions) {
    Map<String, Object> all = new TreeMap<>(conditions);
    all.put("connectors", connectors);
    all.put("jvm", System.getProperty("java.vm.version"));
    all.put("flags", Cluster.FLAGS);
    all.put("processors", Runtime.getRuntime().availableProcessors());
    return all;
  }
}
