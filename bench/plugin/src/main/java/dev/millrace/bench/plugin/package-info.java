/** Plugins that both contestants run in measurements; packed into a plugin folder at run time. */
package dev.millrace.bench.plugin;
