package dev.millrace.worker.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.Measurable;
import org.apache.kafka.common.metrics.MeasurableStat;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.Rate;
import org.apache.kafka.common.metrics.stats.WindowedSum;

/**
 * Metrics of one group that have the same tags: one MBean. Filled by one thread, before others see
 * it; {@link #tick} and {@link #close} from any thread, one at a time.
 */
final class Group implements AutoCloseable {

  /** Something that reads a counter or a level now and then. */
  private interface Fed {
    void feed(MetricConfig config, long nowMs);
  }

  /** A statistic of counters. */
  private interface FedStat extends Fed, Measurable {}

  private final Metrics metrics;
  private final String type;
  private final Map<String, String> tags; // one map for the names of all its metrics
  private final List<MetricName> names = new ArrayList<>();
  private final List<String> sensors = new ArrayList<>();
  private final List<Fed> fed = new ArrayList<>();

  /**
   * A group without metrics.
   *
   * @param type the MBean's key {@code type}
   * @param tags its other keys, in order
   */
  Group(Metrics metrics, String type, Map<String, String> tags) {
    this.metrics = metrics;
    this.type = type;
    var all = new LinkedHashMap<>(metrics.config().tags());
    all.putAll(tags);
    this.tags = Collections.unmodifiableMap(all);
  }

  /** A text. */
  Group text(String name, String description, Supplier<String> value) {
    metrics.addMetric(noted(name, description), (Gauge<String>) (config, now) -> value.get());
    return this;
  }

  /** A number that JMX shows as a Long. */
  Group whole(String name, String description, LongSupplier value) {
    metrics.addMetric(noted(name, description), (Gauge<Long>) (config, now) -> value.getAsLong());
    return this;
  }

  /** A number. */
  Group number(String name, String description, DoubleSupplier value) {
    metrics.addMetric(noted(name, description), (Measurable) (config, now) -> value.getAsDouble());
    return this;
  }

  /** A number that is counted. */
  Group count(String name, String description, LongSupplier value) {
    return number(name, description, () -> (double) value.getAsLong());
  }

  /** {@code name-rate} and {@code name-total} of a counter. */
  Group rateAndTotal(String name, String description, LongSupplier counter) {
    feed(noted(name + "-rate", description + " per second"), new FedRate(counter));
    return count(name + "-total", description + " in total", counter);
  }

  /** The share, from 0 to 1, that one counter has of what two count; 0 when nothing happened. */
  Group share(String name, String description, LongSupplier part, LongSupplier rest) {
    feed(noted(name, description), new FedShare(part, rest));
    return this;
  }

  private void feed(MetricName name, FedStat stat) {
    metrics.addMetric(name, stat);
    fed.add(stat);
  }

  /** A sensor for these statistics of single measurements, by metric name. */
  Sensor sensor(String description, Map<String, MeasurableStat> stats) {
    Sensor sensor = metrics.sensor(type + tags + sensors.size());
    sensors.add(sensor.name());
    stats.forEach((name, stat) -> sensor.add(name(name, description), stat));
    return sensor;
  }

  /** Has the sensor measure a level at each tick, while it is not zero or has changed. */
  Group watch(Sensor sensor, LongSupplier level) {
    var last = new AtomicLong();
    fed.add(
        (config, nowMs) -> {
          long now = level.getAsLong();
          if (last.getAndSet(now) != 0 || now != 0) sensor.record((double) now, nowMs);
        });
    return this;
  }

  private MetricName noted(String name, String description) {
    MetricName made = name(name, description);
    names.add(made);
    return made;
  }

  private MetricName name(String name, String description) {
    return new MetricName(name, type, description, tags);
  }

  /** Reads the counters, so that what happened counts in the window in which it happened. */
  void tick(long nowMs) {
    fed.forEach(each -> each.feed(metrics.config(), nowMs));
  }

  @Override
  public void close() {
    sensors.forEach(metrics::removeSensor);
    names.forEach(metrics::removeMetric);
  }

  /** A rate per second over the window. Thread-safe. */
  private record FedRate(Window window) implements FedStat {
    FedRate(LongSupplier counter) {
      this(new Window(counter, new Rate()));
    }

    @Override
    public void feed(MetricConfig config, long nowMs) {
      window.feed(config, nowMs);
    }

    @Override
    public double measure(MetricConfig config, long nowMs) {
      return window.measure(config, nowMs);
    }
  }

  /** A share over the window. Thread-safe. */
  private record FedShare(Window part, Window rest) implements FedStat {
    FedShare(LongSupplier part, LongSupplier rest) {
      this(new Window(part, new WindowedSum()), new Window(rest, new WindowedSum()));
    }

    @Override
    public void feed(MetricConfig config, long nowMs) {
      part.feed(config, nowMs);
      rest.feed(config, nowMs);
    }

    @Override
    public double measure(MetricConfig config, long nowMs) {
      double mine = part.measure(config, nowMs);
      double others = rest.measure(config, nowMs);
      return mine + others == 0 ? 0 : mine / (mine + others);
    }
  }
}
