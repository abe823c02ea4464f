package dev.millrace.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Medians of starts, one row for each way, and ratios to the reference's best. Not thread-safe. */
final class StartTable {

  /** What ratios are against. */
  private static final String BASE = Contestant.KAFKA_CONNECT.title() + ", service_load, second";

  private final String scenario;
  private final int rounds;
  private final Map<String, List<Starter.Figures>> rows = new LinkedHashMap<>();

  StartTable(String scenario, int rounds) {
    this.scenario = scenario;
    this.rounds = rounds;
  }

  void add(String title, Starter.Figures figures) {
    rows.computeIfAbsent(title, t -> new ArrayList<>()).add(figures);
  }

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add("| " + scenario + " | seconds | processor seconds | resident MB | ratios |");
    lines.add("|---|---:|---:|---:|---:|");
    Starter.Figures base = median(BASE);
    rows.keySet()
        .forEach(
            title -> {
              Starter.Figures f = median(title);
              lines.add(
                  String.format(
                      Locale.ROOT,
                      "| %s | %.1f | %.1f | %.0f | %.2f, %.2f, %.2f |",
                      title,
                      f.seconds(),
                      f.cpuSeconds(),
                      f.megabytes(),
                      f.seconds() / base.seconds(),
                      f.cpuSeconds() / base.cpuSeconds(),
                      f.megabytes() / base.megabytes()));
            });
    return String.join("\n", lines);
  }

  private Starter.Figures median(String title) {
    return new Starter.Figures(
        median(title, Starter.Figures::seconds),
        median(title, Starter.Figures::cpuSeconds),
        median(title, Starter.Figures::megabytes));
  }

  private double median(String title, ToDoubleFunction<Starter.Figures> figure) {
    double[] sorted = rows.get(title).stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** All figures, in {@code bench/target}. */
  Path writeJson(Path root) throws IOException {
    var json = new ObjectMapper();
    var all = json.createObjectNode().put("scenario", scenario).put("rounds", rounds);
    all.put("jvm", System.getProperty("java.vm.version"));
    all.set("flags", json.valueToTree(Start.FLAGS));
    all.set("starts", json.valueToTree(rows));
    Path file = Files.createDirectories(root.resolve("bench/target")).resolve(scenario + ".json");
    return Files.writeString(file, json.writerWithDefaultPrettyPrinter().writeValueAsString(all));
  }
}
