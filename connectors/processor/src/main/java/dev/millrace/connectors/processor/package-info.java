/**
 * A stateful SQL processor as a Kafka Connect source connector: its tasks run Kafka Streams and
 * hand no records to the runtime. Uses nothing of Millrace.
 */
package dev.millrace.connectors.processor;
