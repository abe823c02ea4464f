package dev.millrace.rest;

import dev.millrace.worker.metrics.MetricFamily;
import dev.millrace.worker.metrics.MetricFamily.Point;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes metrics in the text forms that Prometheus reads. */
final class MetricsText {

  /** The two text forms; they differ in names of families, in types, and at the end. */
  enum Form {
    PROMETHEUS("text/plain; version=0.0.4; charset=utf-8"),
    OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

    private final String contentType;

    Form(String contentType) {
      this.contentType = contentType;
    }

    String contentType() {
      return contentType;
    }
  }

  private MetricsText() {}

  static String of(List<MetricFamily> families, Form form) {
    var text = new StringBuilder();
    families.forEach(family -> append(text, family, form));
    if (form == Form.OPEN_METRICS) text.append("# EOF\n");
    return text.toString();
  }

  private static void append(StringBuilder text, MetricFamily family, Form form) {
    String series = family.name() + family.type().ending();
    String name = form == Form.OPEN_METRICS ? family.name() : series;
    if (!family.help().isEmpty()) {
      text.append("# HELP %s %s\n".formatted(name, help(family.help(), form)));
    }
    text.append("# TYPE %s %s\n".formatted(name, type(family.type(), form)));
    for (Point point : family.points()) {
      text.append(series).append(labels(point.labels()));
      text.append(' ').append(number(point.value())).append('\n');
    }
  }

  private static String type(MetricFamily.Type type, Form form) {
    return switch (type) {
      case COUNTER, GAUGE -> type.name().toLowerCase(Locale.ROOT);
      case INFO -> form == Form.OPEN_METRICS ? "info" : "gauge"; // 0.0.4 knows no info
    };
  }

  private static String labels(Map<String, String> labels) {
    if (labels.isEmpty()) return "";
    return labels.entrySet().stream()
        .map(label -> label.getKey() + "=\"" + quoted(label.getValue()) + "\"")
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String quoted(String value) {
    return escaped(value).replace("\"", "\\\"");
  }

  /** A quote in a help text is escaped by OpenMetrics only. */
  private static String help(String help, Form form) {
    return form == Form.OPEN_METRICS ? quoted(help) : escaped(help);
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n");
  }

  private static String number(double value) {
    if (Double.isInfinite(value)) return value > 0 ? "+Inf" : "-Inf";
    return Double.isNaN(value) ? "NaN" : Double.toString(value);
  }
}
