/**
 * A worker's metrics under Kafka Connect's names, in JMX and as families for Prometheus (compat:
 * metrics). Knows counters, work ids and statuses; nothing of threads of work, of REST or of how
 * work is made.
 */
package dev.millrace.worker.metrics;
