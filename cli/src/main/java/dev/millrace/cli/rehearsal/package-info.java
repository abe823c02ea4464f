/**
 * What the making of the start cache has a worker do. The source here is no plugin of the
 * distribution: only {@link dev.millrace.cli.rehearsal.RehearsalPlugin} makes one of it.
 */
package dev.millrace.cli.rehearsal;
