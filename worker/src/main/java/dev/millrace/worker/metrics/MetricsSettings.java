package dev.millrace.worker.metrics;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.MetricsReporter;

/**
 * How a worker's metrics are sampled and told (compat: worker config).
 *
 * @param config number and length of samples, recording level
 * @param reporters configured, {@code metric.reporters}
 * @param labels of the metrics context, {@code metrics.context.*} and those of the worker
 */
public record MetricsSettings(
    MetricConfig config, List<MetricsReporter> reporters, Map<String, String> labels) {

  /** Checks that nothing is missing. */
  public MetricsSettings {
    reporters = List.copyOf(reporters);
    labels = Map.copyOf(labels);
  }
}
