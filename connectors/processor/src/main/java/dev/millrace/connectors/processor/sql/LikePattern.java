package dev.millrace.connectors.processor.sql;

import java.util.regex.Pattern;

/** LIKE's patterns as regular expressions. Stateless. */
final class LikePattern {
  private LikePattern() {}

  /** Compiles a pattern; {@code escape} is empty or one character. */
  static Pattern compile(String pattern, String escape) {
    if (escape.codePointCount(0, escape.length()) > 1) {
      throw new EvaluationException("ESCAPE takes one character, not '" + escape + "'");
    }
    StringBuilder regex = new StringBuilder();
    int[] characters = pattern.codePoints().toArray();
    for (int i = 0; i < characters.length; i++) {
      if (!escape.isEmpty() && characters[i] == escape.codePointAt(0)) {
        i++;
        if (i == characters.length) {
          throw new EvaluationException("the pattern ends with its escape character");
        }
        regex.append(literally(characters[i]));
      } else {
        regex.append(part(characters[i]));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  private static String part(int character) {
    return switch (character) {
      case '%' -> ".*";
      case '_' -> ".";
      default -> literally(character);
    };
  }

  private static String literally(int character) {
    return Pattern.quote(Character.toString(character));
  }
}
