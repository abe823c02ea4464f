package dev.millrace.worker;

import dev.millrace.worker.metrics.MetricsSettings;
import dev.millrace.worker.metrics.WorkerMetrics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.utils.Time;

/** Metrics of a worker that nobody is shown. */
final class QuietMetrics {
  private QuietMetrics() {}

  static WorkerMetrics make() {
    return new WorkerMetrics(
        new MetricsSettings(new MetricConfig(), List.of(), Map.of()), Time.SYSTEM);
  }
}
