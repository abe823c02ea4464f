/**
 * YAML text as a small tree that knows where everything stood in the file.
 *
 * <p>Only what a topology file needs of YAML 1.2: maps, lists and scalars. Scalars keep the text
 * the user wrote and are never turned into numbers, booleans or dates. Everything here is pure,
 * bounded (size and depth) and knows nothing of topologies.
 */
package dev.millrace.topology.yaml;
