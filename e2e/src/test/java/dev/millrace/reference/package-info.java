/**
 * Millrace beside Apache Kafka Connect: both are started, asked the same, and their answers
 * compared. Kafka Connect runs as a process of its own from the module {@code e2e/reference};
 * nothing of it is on the class path of these tests.
 */
package dev.millrace.reference;
