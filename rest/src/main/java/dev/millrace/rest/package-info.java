/**
 * Kafka Connect's REST interface, and ours under {@code /v1}, over {@link
 * dev.millrace.worker.WorkerApi}.
 *
 * <p>Routes ({@link dev.millrace.rest.Route}) translate HTTP to commands and queries and know
 * nothing of the HTTP server; {@link dev.millrace.rest.RestServer} and {@link
 * dev.millrace.rest.HttpBridge} alone know Jetty. Nothing here decides anything about connectors,
 * and nothing here knows whether the worker leads.
 */
package dev.millrace.rest;
