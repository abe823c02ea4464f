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
import java.util.stream.IntStream;

/** Runs side by side: medians, and Millrace's ratios to the reference pair by pair. */
final class PairTable {

  private static final String OURS = Runner.MILLRACE.title();

  private final String scenario;
  private final String reference;
  private final Map<String, Object> conditions;
  private final Map<String, List<Map<String, Double>>> runs = new LinkedHashMap<>();

  /**
   * A table without runs.
   *
   * @param reference the title of those that ours are compared with
   */
  PairTable(String scenario, String reference, Map<String, Object> conditions) {
    this.scenario = scenario;
    this.reference = reference;
    this.conditions = conditions;
  }

  /** One run's figures, in the order of the table's rows; the same keys for all. */
  void add(String title, Map<String, Double> figures) {
    runs.computeIfAbsent(title, t -> new ArrayList<>()).add(figures);
  }

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add("| " + scenario + " | " + String.join(" | ", runs.keySet()) + " | ratio |");
    lines.add("|---|" + "---:|".repeat(runs.size()) + "---:|");
    for (String row : runs.values().iterator().next().getFirst().keySet()) {
      var line = new StringBuilder("| " + row + " |");
      for (String title : runs.keySet()) {
        line.append(' ').append(number(median(values(title, row)))).append(" |");
      }
      lines.add(line + " " + ratio(row) + " |");
    }
    return String.join("\n", lines);
  }

  private List<Double> values(String title, String row) {
    return runs.getOrDefault(title, List.of()).stream().map(run -> run.get(row)).toList();
  }

  /** The median of the pairs' ratios, and the smallest and the largest. */
  private String ratio(String row) {
    List<Double> ratios = ratios(row);
    if (ratios.isEmpty()) return "–";
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f–%.2f)",
        median(ratios),
        ratios.stream().min(Double::compare).orElseThrow(),
        ratios.stream().max(Double::compare).orElseThrow());
  }

  private List<Double> ratios(String row) {
    List<Double> base = values(reference, row);
    List<Double> ours = values(OURS, row);
    return IntStream.range(0, Math.min(base.size(), ours.size()))
        .mapToObj(i -> ours.get(i) / base.get(i))
        .toList();
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String number(double value) {
    if (Double.isNaN(value)) return "–";
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }

  /** All figures, in {@code bench/target}. */
  Path writeJson(Path root) throws IOException {
    var json = new ObjectMapper();
    var all = json.createObjectNode().put("scenario", scenario);
    all.set("conditions", json.valueToTree(conditions));
    var figures = all.putObject("runs");
    runs.forEach((title, list) -> figures.set(title, json.valueToTree(list)));
    var ratios = all.putObject("ratios");
    for (String row : runs.values().iterator().next().getFirst().keySet()) {
      ratios.set(row, json.valueToTree(ratios(row)));
    }
    Path file = Files.createDirectories(root.resolve("bench/target")).resolve(scenario + ".json");
    return Files.writeString(file, json.writerWithDefaultPrettyPrinter().writeValueAsString(all));
  }
}
