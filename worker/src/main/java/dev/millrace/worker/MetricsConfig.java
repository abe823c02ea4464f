package dev.millrace.worker;

import dev.millrace.worker.metrics.MetricsSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Sensor.RecordingLevel;

/** The settings of metrics among a worker's settings (compat: worker config). */
final class MetricsConfig {

  private MetricsConfig() {}

  /** The settings in the form metrics are made from; makes the reporters. */
  static MetricsSettings of(AbstractConfig values, String groupId) {
    var config =
        new MetricConfig()
            .samples(values.getInt(CommonClientConfigs.METRICS_NUM_SAMPLES_CONFIG))
            .timeWindow(
                values.getLong(CommonClientConfigs.METRICS_SAMPLE_WINDOW_MS_CONFIG),
                TimeUnit.MILLISECONDS)
            .recordLevel(
                RecordingLevel.forName(
                    values.getString(CommonClientConfigs.METRICS_RECORDING_LEVEL_CONFIG)));
    Map<String, String> labels = new HashMap<>();
    values
        .originalsWithPrefix(CommonClientConfigs.METRICS_CONTEXT_PREFIX)
        .forEach((key, value) -> labels.put(key, String.valueOf(value)));
    if (!groupId.isEmpty()) labels.put("connect.group.id", groupId);
    return new MetricsSettings(
        config, CommonClientConfigs.metricsReporters(Map.of(), values), labels);
  }
}
