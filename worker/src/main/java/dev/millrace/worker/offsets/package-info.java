/**
 * Positions of connectors as people see and change them: source offsets and the consumer groups of
 * sinks (compat: REST §8). Knows neither HTTP nor the control loop.
 */
package dev.millrace.worker.offsets;
