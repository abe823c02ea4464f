/** The life of a connector instance: start, pause, resume, task configurations, stop. */
package dev.millrace.engine.connector;
