package dev.millrace.worker.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.PluginMetrics;

/** What the plugins of one piece of work register. Guarded by its lock. */
final class PluginMeters implements AutoCloseable {
  private final Metrics metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Map<String, String>, PluginMeter> meters = new LinkedHashMap<>();
  private boolean closed;

  PluginMeters(Metrics metrics) {
    this.metrics = metrics;
  }

  /** The metrics of the plugin with these tags, always the same. */
  PluginMetrics of(Map<String, String> tags) {
    lock.lock();
    try {
      var meter = meters.computeIfAbsent(tags, t -> new PluginMeter(metrics, t));
      if (closed) meter.close();
      return meter;
    } finally {
      lock.unlock();
    }
  }

  /** The plugins have been closed, or left behind. */
  @Override
  public void close() {
    List<PluginMeter> all;
    lock.lock();
    try {
      closed = true;
      all = new ArrayList<>(meters.values());
    } finally {
      lock.unlock();
    }
    all.forEach(PluginMeter::close);
  }
}
