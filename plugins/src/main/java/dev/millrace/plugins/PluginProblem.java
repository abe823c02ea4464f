package dev.millrace.plugins;

/**
 * Something a scan could not use and skipped.
 *
 * @param location the plugin location or path element
 * @param message what is wrong with which file or class, and how to mend it
 */
public record PluginProblem(String location, String message) {}
