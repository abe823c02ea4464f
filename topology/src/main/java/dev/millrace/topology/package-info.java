/**
 * The topology file: read it, lint it, draw its graph, compile it to connector configurations,
 * compare those with what runs.
 *
 * <p>Pure: no input or output, no threads, no clock; the caller passes names and texts. Knows
 * connectors only through {@link dev.millrace.topology.ConnectorNames} and {@link
 * dev.millrace.topology.StageChecker}, which the caller implements.
 */
package dev.millrace.topology;
