package dev.millrace.worker.metrics;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.MetricValueProvider;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.Sensor;

/**
 * The metrics that one plugin registers (KIP-877; compat: metrics §11). All are removed when it is
 * closed, and none is taken afterwards. Guarded by its lock.
 */
@SuppressWarnings("NonApiType") // the interface asks for a LinkedHashMap
final class PluginMeter implements PluginMetrics, AutoCloseable {

  static final String GROUP = "plugins";

  private final Metrics metrics;
  private final Map<String, String> tags;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<MetricName> names = new HashSet<>();
  private final Set<String> sensors = new HashSet<>();
  private boolean closed;

  /** Without metrics; {@code tags} are those the plugin may not use itself. */
  PluginMeter(Metrics metrics, Map<String, String> tags) {
    this.metrics = metrics;
    this.tags = new LinkedHashMap<>(tags);
  }

  @Override
  public MetricName metricName(String name, String description, LinkedHashMap<String, String> own) {
    return whileOpen(
        () -> {
          for (String key : own.keySet()) {
            require(
                !tags.containsKey(key),
                "The tag '%s' is set by the worker; name yours otherwise",
                key);
          }
          var all = new LinkedHashMap<>(tags);
          all.putAll(own);
          return metrics.metricName(name, GROUP, description, all);
        });
  }

  @Override
  public void addMetric(MetricName name, MetricValueProvider<?> provider) {
    whileOpen(
        () -> {
          require(!names.contains(name), "There is a metric %s already", name);
          metrics.addMetric(name, provider);
          return names.add(name);
        });
  }

  @Override
  public void removeMetric(MetricName name) {
    whileOpen(
        () -> {
          require(names.remove(name), "There is no metric %s", name);
          return metrics.removeMetric(name);
        });
  }

  @Override
  public Sensor addSensor(String name) {
    return whileOpen(
        () -> {
          require(sensors.add(unique(name)), "There is a sensor '%s' already", name);
          return metrics.sensor(unique(name));
        });
  }

  @Override
  public void removeSensor(String name) {
    whileOpen(
        () -> {
          require(sensors.remove(unique(name)), "There is no sensor '%s'", name);
          metrics.removeSensor(unique(name));
          return name;
        });
  }

  private String unique(String sensor) {
    return GROUP + tags + sensor;
  }

  private static void require(boolean holds, String message, Object subject) {
    if (!holds) throw new IllegalArgumentException(message.formatted(subject));
  }

  private interface Step<T> {
    T run();
  }

  private <T> T whileOpen(Step<T> step) {
    lock.lock();
    try {
      if (closed) throw new IllegalStateException("The plugin of these metrics has been closed");
      return step.run();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      sensors.forEach(metrics::removeSensor);
      names.forEach(metrics::removeMetric);
      sensors.clear();
      names.clear();
    } finally {
      lock.unlock();
    }
  }
}
