package dev.millrace.topology;

import dev.millrace.topology.yaml.Position;

/**
 * Something wrong in a topology file. Never holds a configuration value that may be a secret.
 *
 * @param file the name of the file as the caller gave it
 * @param line from 1
 * @param column in code points, from 1
 * @param message what is wrong, with the thing's name
 * @param hint how to mend it; the empty text if there is nothing to add
 */
public record Problem(String file, int line, int column, String message, String hint) {

  /** A problem at a position. */
  public static Problem at(String file, Position position, String message, String hint) {
    return new Problem(file, position.line(), position.column(), message, hint);
  }

  /** {@code file:line:column: message (hint)}, the form editors and terminals link to. */
  @Override
  public String toString() {
    String place = "%s:%d:%d: %s".formatted(file, line, column, message);
    return hint.isEmpty() ? place : place + " (" + hint + ")";
  }
}
