package dev.millrace.worker.metrics;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * Where to read the metrics of a Kafka client that a task uses.
 *
 * @param domain the domain of its MBeans, such as {@code kafka.producer}
 * @param metrics its own registry, which is empty once it is closed
 */
record ClientMetrics(String domain, Supplier<Map<MetricName, ? extends Metric>> metrics) {

  /** Of a client that is not kept alive by being measured: a closed one holds much memory. */
  static <C> ClientMetrics of(
      String domain, C client, Function<C, Map<MetricName, ? extends Metric>> metrics) {
    var weak = new WeakReference<>(client);
    return new ClientMetrics(
        domain,
        () -> {
          C present = weak.get();
          return present == null ? Map.of() : metrics.apply(present);
        });
  }
}
