package dev.millrace.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Figures of the contestants, as a Markdown table with ratios and as JSON. Not thread-safe. */
final class Report {

  private final String scenario;
  private final Map<String, Object> conditions;
  private final Map<Contestant, Map<String, Double>> figures = new LinkedHashMap<>();

  /**
   * A report without figures.
   *
   * @param conditions what the figures depend on
   */
  Report(String scenario, Map<String, Object> conditions) {
    this.scenario = scenario;
    this.conditions = conditions;
  }

  /** Figures in the order of the table's rows; the same keys for every contestant. */
  void add(Contestant contestant, Map<String, Double> values) {
    figures.put(contestant, values);
  }

  String table() {
    List<String> lines = new ArrayList<>();
    lines.add("| " + scenario + columns(Contestant::title) + " | ratio |");
    lines.add("|---" + columns(c -> "---:").replace(" ", "") + "|---:|");
    for (String row : figures.values().iterator().next().keySet()) {
      lines.add(
          "| " + row + columns(c -> number(figures.get(c).get(row))) + " | " + ratio(row) + " |");
    }
    return String.join("\n", lines);
  }

  private String columns(java.util.function.Function<Contestant, String> text) {
    var line = new StringBuilder();
    figures.keySet().forEach(contestant -> line.append(" | ").append(text.apply(contestant)));
    return line.toString();
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.1f", value);
  }

  /** The last contestant's share of the first one's. */
  private String ratio(String row) {
    var values = figures.values().stream().map(all -> all.get(row)).toList();
    return values.size() < 2 || values.getFirst() == 0
        ? "–"
        : String.format(Locale.ROOT, "%.2f", values.getLast() / values.getFirst());
  }

  void writeJson(Path file) throws IOException {
    var json = new ObjectMapper();
    ObjectNode root = json.createObjectNode().put("scenario", scenario);
    root.set("conditions", json.valueToTree(conditions));
    figures.forEach((contestant, values) -> root.set(contestant.title(), json.valueToTree(values)));
    Files.writeString(file, json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }
}
