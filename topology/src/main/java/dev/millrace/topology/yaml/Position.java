package dev.millrace.topology.yaml;

/**
 * A place in a file.
 *
 * @param line the line, counted from 1
 * @param column the column in Unicode code points, counted from 1
 */
public record Position(int line, int column) implements Comparable<Position> {

  /** The first character of a file. */
  public static final Position START = new Position(1, 1);

  @Override
  public int compareTo(Position other) {
    int byLine = Integer.compare(line, other.line);
    return byLine != 0 ? byLine : Integer.compare(column, other.column);
  }
}
