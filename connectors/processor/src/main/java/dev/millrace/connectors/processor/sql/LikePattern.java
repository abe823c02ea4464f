package dev.millrace.connectors.processor.sql;

import java.util.regex.Pattern;

/** LIKE's patterns as regular expressions. Stateless. */
final class LikePattern {
  private LikePattern() {}

  /** Compiles a pattern; {@code escape} is empty or one character. */
  static Pattern compile(String pattern, String escape) {
    if (escape.length() > 1) {
      throw new EvaluationException("ESCAPE takes one character, not '" + escape + "'");
    }
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (!escape.isEmpty() && c == escape.charAt(0)) {
        i++;
        if (i == pattern.length()) {
          throw new EvaluationException("the pattern ends with its escape character");
        }
        regex.append(Pattern.quote(String.valueOf(pattern.charAt(i))));
      } else {
        regex.append(part(c));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  private static String part(char c) {
    return switch (c) {
      case '%' -> ".*";
      case '_' -> ".";
      default -> Pattern.quote(String.valueOf(c));
    };
  }
}
