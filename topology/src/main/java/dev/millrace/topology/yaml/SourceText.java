package dev.millrace.topology.yaml;

import java.util.Arrays;

/** The text of a file by code points, and the lines in it. Immutable. */
final class SourceText {
  private final int[] points;
  private final int[] lineStarts;

  SourceText(String text) {
    points = text.codePoints().toArray();
    lineStarts = lineStarts(points);
  }

  private static int[] lineStarts(int[] points) {
    int[] starts = new int[points.length + 1];
    int lines = 1;
    for (int i = 0; i < points.length; i++) {
      boolean crBeforeLf = points[i] == '\r' && i + 1 < points.length && points[i + 1] == '\n';
      if (points[i] == '\n' || (points[i] == '\r' && !crBeforeLf)) {
        starts[lines++] = i + 1;
      }
    }
    return Arrays.copyOf(starts, lines);
  }

  int length() {
    return points.length;
  }

  /** The code point at an index, or -1 outside the text. */
  int at(int index) {
    return index >= 0 && index < points.length ? points[index] : -1;
  }

  /** The position of a code point; an index outside the text means its nearest end. */
  Position position(int index) {
    int inside = Math.clamp(index, 0, points.length);
    int found = Arrays.binarySearch(lineStarts, inside);
    int line = found >= 0 ? found : -found - 2;
    return new Position(line + 1, inside - lineStarts[line] + 1);
  }
}
