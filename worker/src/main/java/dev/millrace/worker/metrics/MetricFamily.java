package dev.millrace.worker.metrics;

import java.util.List;
import java.util.Map;

/**
 * Metrics of one name, as Prometheus sees them. Immutable.
 *
 * @param name without the ending that its type gives it
 * @param help one line
 */
public record MetricFamily(String name, Type type, String help, List<Point> points) {

  /** Copies the points. */
  public MetricFamily {
    points = List.copyOf(points);
  }

  /** What Prometheus may do with the values. */
  public enum Type {
    /** Only grows. */
    COUNTER("_total"),
    GAUGE(""),
    /** A text, in the label {@code value}; its number is always 1. */
    INFO("_info");

    private final String ending;

    Type(String ending) {
      this.ending = ending;
    }

    /** What is put behind the family's name to name its values. */
    public String ending() {
      return ending;
    }
  }

  /**
   * One value.
   *
   * @param labels in order
   */
  public record Point(Map<String, String> labels, double value) {}
}
