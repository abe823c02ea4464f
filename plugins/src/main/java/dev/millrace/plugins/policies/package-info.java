/**
 * Kafka Connect's policies of which client settings connectors may override (compat: worker
 * configuration §9); they stand in for its classes of the same names. May import connect-api only.
 */
package dev.millrace.plugins.policies;
