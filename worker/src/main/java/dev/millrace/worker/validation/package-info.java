/**
 * Checks connector configurations as Kafka Connect does: which keys there are, their values, what
 * is wrong with them (compat: connector config §1 to §9). Knows plugins and settings, and nothing
 * of running work; may not import the package {@code worker}.
 */
package dev.millrace.worker.validation;
