/**
 * The command line: one class per command. The only place that ends the process, reads the
 * environment and has a shutdown hook. Asks a running worker over REST only; starts one of its own
 * for {@code run} and {@code demo}.
 */
package dev.millrace.cli;
