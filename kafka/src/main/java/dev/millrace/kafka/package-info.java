/**
 * Everything of Millrace that speaks to Kafka beyond the data path: the offset topic in Kafka
 * Connect's byte format, client settings, topic administration, and the embedded single-node Kafka.
 * May use model and kafka-clients; classes of the Kafka server appear in one class only, {@link
 * dev.millrace.kafka.BrokerRuntime}.
 */
package dev.millrace.kafka;
