package dev.millrace.worker.metrics;

import dev.millrace.worker.metrics.MetricFamily.Point;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.Metrics;

/** Reads all metrics of a worker and of its work's Kafka clients as families. Thread-safe. */
final class Families {
  private final Metrics metrics;
  private final PluginGauges pluginGauges = new PluginGauges();

  Families(Metrics metrics) {
    this.metrics = metrics;
  }

  /** By name, at about one moment. */
  List<MetricFamily> read(Collection<ClientMetrics> clients) {
    var found = new TreeMap<String, Family>();
    var ofPlugins = new ArrayList<KafkaMetric>();
    for (KafkaMetric metric : metrics.metrics().values()) {
      if (metric.metricName().group().equals(PluginMeter.GROUP)) ofPlugins.add(metric);
      else add(found, WorkerMetrics.DOMAIN, metric.metricName(), metric.metricValue());
    }
    for (ClientMetrics client : clients) {
      client
          .metrics()
          .get()
          .forEach((name, metric) -> add(found, client.domain(), name, metric.metricValue()));
    }
    pluginGauges
        .read(ofPlugins)
        .forEach((metric, value) -> add(found, WorkerMetrics.DOMAIN, metric.metricName(), value));
    return found.values().stream().map(Family::done).toList();
  }

  private static void add(
      Map<String, Family> found, String domain, MetricName metric, Object value) {
    if (value == null) return;
    boolean text = !(value instanceof Number) && !(value instanceof Boolean);
    var name = PrometheusName.of(domain, metric.group(), metric.name(), text);
    found
        .computeIfAbsent(name.family(), n -> new Family(name, metric.description()))
        .add(
            name.type(),
            text ? labels(metric, String.valueOf(value)) : labels(metric),
            number(value));
  }

  private static double number(Object value) {
    return switch (value) {
      case Number number -> number.doubleValue();
      case Boolean flag -> flag ? 1 : 0;
      default -> 1;
    };
  }

  private static Map<String, String> labels(MetricName metric, String text) {
    var labels = labels(metric);
    labels.put("value", text);
    return labels;
  }

  private static Map<String, String> labels(MetricName metric) {
    var labels = new LinkedHashMap<String, String>();
    metric.tags().forEach((tag, value) -> labels.putIfAbsent(PrometheusName.label(tag), value));
    return labels;
  }

  /**
   * A family that is being collected. What Prometheus would refuse the whole answer for is left
   * out: another type under the same name, the same labels twice.
   */
  private static final class Family {
    private final PrometheusName name;
    private final String help;
    private final Map<Map<String, String>, Double> points = new LinkedHashMap<>();

    Family(PrometheusName name, String help) {
      this.name = name;
      this.help = help;
    }

    void add(MetricFamily.Type type, Map<String, String> labels, double value) {
      if (type == name.type()) points.putIfAbsent(labels, value);
    }

    MetricFamily done() {
      List<Point> all = new ArrayList<>();
      points.forEach((labels, value) -> all.add(new Point(labels, value)));
      return new MetricFamily(name.family(), name.type(), help, all);
    }
  }
}
