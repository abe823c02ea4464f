/**
 * A compiled query as a Kafka Streams topology: reading and writing records, groups and their
 * store.
 */
package dev.millrace.connectors.processor.flow;
