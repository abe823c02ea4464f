/**
 * Rows and their values: reading them from JSON records, writing them to JSON records, and the
 * compact form in which they travel inside a processor. Knows nothing of SQL and of Kafka Streams.
 */
package dev.millrace.connectors.processor.row;
