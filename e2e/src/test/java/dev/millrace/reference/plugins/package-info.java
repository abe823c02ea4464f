/**
 * Plugins whose configuration has something of everything, for comparisons. Built against the
 * Connect API only; tests put them into archives that Kafka Connect and Millrace load alike.
 */
package dev.millrace.reference.plugins;
