package dev.millrace.worker.metrics;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * Where to read the metrics of a Kafka client that a task uses.
 *
 * @param domain the domain of its MBeans, such as {@code kafka.producer}
 * @param metrics its own registry, which is empty once it is closed
 */
record ClientMetrics(String domain, Supplier<Map<MetricName, ? extends Metric>> metrics) {}
