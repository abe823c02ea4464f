package dev.millrace.worker;

import dev.millrace.worker.metrics.MetricsSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Sensor.RecordingLevel;

/** The settings of metrics among a worker's settings (compat: worker config). */
final class MetricsConfig {

  private MetricsConfig() {}

  /** Adds the settings to a definition, and gives it back. */
  static ConfigDef define(ConfigDef definition) {
    return definition
        .define(
            CommonClientConfigs.METRICS_SAMPLE_WINDOW_MS_CONFIG,
            ConfigDef.Type.LONG,
            30_000L,
            ConfigDef.Range.atLeast(0),
            Importance.LOW,
            "Milliseconds of one sample of averages, maxima and rates")
        .define(
            CommonClientConfigs.METRICS_NUM_SAMPLES_CONFIG,
            ConfigDef.Type.INT,
            2,
            ConfigDef.Range.atLeast(1),
            Importance.LOW,
            "Samples kept for averages, maxima and rates")
        .define(
            CommonClientConfigs.METRICS_RECORDING_LEVEL_CONFIG,
            ConfigDef.Type.STRING,
            "INFO",
            ConfigDef.ValidString.in("INFO", "DEBUG"),
            Importance.LOW,
            "Most detailed level at which metrics are recorded")
        .define(
            CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG,
            ConfigDef.Type.LIST,
            JmxReporter.class.getName(),
            Importance.LOW,
            "Classes that metrics are told to");
  }

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
    labels.put("connect.group.id", groupId);
    return new MetricsSettings(
        config, CommonClientConfigs.metricsReporters(Map.of(), values), labels);
  }
}
