package dev.millrace.worker.metrics;

import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;

/**
 * Where a worker's metrics are kept.
 *
 * @param metrics Kafka's registry, with its reporters
 * @param time the time of statistics
 */
record Registry(Metrics metrics, Time time) {}
