/** What has happened to connectors and tasks of late, and why. */
package dev.millrace.worker.events;
