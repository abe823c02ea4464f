/**
 * Measurements of Millrace beside Apache Kafka Connect. One class for each scenario; the processes,
 * what is read from them and the report are shared. Not part of the distribution. Linux only, since
 * figures are read from the kernel.
 */
package dev.millrace.bench;
