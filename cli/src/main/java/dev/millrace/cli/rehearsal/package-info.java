/** What the making of the start cache has a worker do. */
package dev.millrace.cli.rehearsal;
