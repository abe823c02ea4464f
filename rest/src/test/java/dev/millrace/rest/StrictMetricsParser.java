package dev.millrace.rest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text forms of metrics and refuses what Prometheus would refuse, and more: families out
 * of order, a family without type, series of another family, series twice.
 */
final class StrictMetricsParser {

  private static final Pattern COMMENT =
      Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)");
  private static final Pattern SERIES =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (NaN|[+-]Inf|[-+0-9.eE]+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\n\"])*)\"(,|$)");

  private final boolean openMetrics;
  private final Set<String> families = new HashSet<>();
  private final Map<String, Double> values = new LinkedHashMap<>();
  private String family = "";
  private String type = "";

  private StrictMetricsParser(boolean openMetrics) {
    this.openMetrics = openMetrics;
  }

  /** Values by name and labels, such as {@code a_total{b="c"}}. */
  static Map<String, Double> parse(String text, boolean openMetrics) {
    require(text.endsWith("\n"), "ends with a line feed");
    var parser = new StrictMetricsParser(openMetrics);
    List<String> lines = new ArrayList<>(text.lines().toList());
    if (openMetrics) require(lines.removeLast().equals("# EOF"), "ends with # EOF");
    lines.forEach(parser::line);
    return parser.values;
  }

  private void line(String line) {
    Matcher comment = COMMENT.matcher(line);
    if (comment.matches()) {
      comment(comment.group(1), comment.group(2), comment.group(3));
      return;
    }
    Matcher series = SERIES.matcher(line);
    require(series.matches(), line);
    require(belongs(series.group(1)), line + " belongs to " + family);
    String labels = series.group(2) == null ? "" : "{" + labels(series.group(2)) + "}";
    String name = series.group(1) + labels;
    require(values.put(name, number(series.group(3))) == null, name + " is there twice");
  }

  private void comment(String kind, String name, String rest) {
    if (kind.equals("HELP")) {
      require(families.add(name), name + " begins once");
      family = name;
      type = "";
      return;
    }
    if (!name.equals(family)) require(families.add(name), name + " begins once");
    require(type.isEmpty() || !name.equals(family), name + " has one type");
    var known = openMetrics ? Set.of("counter", "gauge", "info") : Set.of("counter", "gauge");
    require(known.contains(rest), rest + " is a type");
    family = name;
    type = rest;
  }

  private boolean belongs(String series) {
    if (!openMetrics) return series.equals(family);
    return series.equals(
        switch (type) {
          case "counter" -> family + "_total";
          case "info" -> family + "_info";
          default -> family;
        });
  }

  private static String labels(String text) {
    Matcher label = LABEL.matcher(text);
    var names = new HashSet<String>();
    int end = 0;
    while (end < text.length()) {
      require(label.find(end) && label.start() == end, text + " at " + end);
      require(names.add(label.group(1)), label.group(1) + " is a label once");
      end = label.end();
    }
    return text;
  }

  private static double number(String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static void require(boolean holds, String what) {
    if (!holds) throw new AssertionError("not so: " + what);
  }
}
