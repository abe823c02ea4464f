/**
 * Installs plugins from Maven repositories into a folder of the plugin path, and takes them away.
 * Knows nothing of commands and terminals.
 */
package dev.millrace.cli.install;
