package dev.millrace.topology.yaml;

import dev.millrace.topology.yaml.YamlScalar.Style;

/**
 * Finds characters of a scalar's value in the text of the file.
 *
 * <p>All styles of YAML keep the characters that are not white space, in order; only white space is
 * folded, indented and escaped. So the k-th visible character of the value is the k-th visible one
 * of the source, and no folding rule has to be repeated here.
 */
final class Alignment {
  private final SourceText source;
  private final Style style;
  private final int start;

  Alignment(SourceText source, Style style, int start) {
    this.source = source;
    this.style = style;
    this.start = start;
  }

  /** The index in the source of a line and column (from 1, Java characters) of the value. */
  int sourceIndex(String value, int line, int column) {
    int[] points = value.codePoints().toArray();
    int target = value.codePointCount(0, offset(value, line, column));
    int index = contentStart();
    for (int i = 0; i < points.length && i <= target; i++) {
      if (!isBlank(points[i])) {
        index = skipBlanks(index);
        if (i == target) {
          return index;
        }
        index += unitLength(index);
      }
    }
    return index;
  }

  private static int offset(String value, int line, int column) {
    int begin = 0;
    for (int i = 1; i < line; i++) {
      int end = value.indexOf('\n', begin);
      if (end < 0) {
        break;
      }
      begin = end + 1;
    }
    return Math.clamp((long) begin + column - 1, 0, value.length());
  }

  private int contentStart() {
    return switch (style) {
      case PLAIN -> start;
      case SINGLE_QUOTED, DOUBLE_QUOTED -> start + 1;
      case LITERAL, FOLDED -> afterHeader();
    };
  }

  private int afterHeader() {
    int index = start;
    while (index < source.length() && source.at(index) != '\n' && source.at(index) != '\r') {
      index++;
    }
    return index;
  }

  private int skipBlanks(int index) {
    int i = index;
    while (i < source.length()) {
      if (isBlank(source.at(i))) {
        i++;
      } else if (isEscape(i) && isBlankEscape(source.at(i + 1))) {
        i += 2;
      } else {
        break;
      }
    }
    return i;
  }

  private int unitLength(int index) {
    if (style == Style.SINGLE_QUOTED && source.at(index) == '\'') {
      return 2;
    }
    return isEscape(index) ? escapeLength(source.at(index + 1)) : 1;
  }

  private boolean isEscape(int index) {
    return style == Style.DOUBLE_QUOTED && source.at(index) == '\\';
  }

  private static boolean isBlankEscape(int letter) {
    return switch (letter) {
      case 'n', 't', 'r', 'N', 'L', 'P', ' ', '\t', '\n', '\r' -> true;
      default -> false;
    };
  }

  private static int escapeLength(int letter) {
    return switch (letter) {
      case 'x' -> 4;
      case 'u' -> 6;
      case 'U' -> 10;
      default -> 2;
    };
  }

  private static boolean isBlank(int point) {
    return switch (point) {
      case ' ', '\t', '\n', '\r', 0x85, 0x2028, 0x2029 -> true;
      default -> false;
    };
  }
}
