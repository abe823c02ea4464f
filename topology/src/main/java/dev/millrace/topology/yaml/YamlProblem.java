package dev.millrace.topology.yaml;

/**
 * Something in the text that is not the YAML we read.
 *
 * @param position where
 * @param message what
 * @param hint how to mend it, or the empty text
 */
public record YamlProblem(Position position, String message, String hint) {}
