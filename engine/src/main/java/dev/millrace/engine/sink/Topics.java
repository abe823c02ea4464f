package dev.millrace.engine.sink;

import java.util.List;
import java.util.regex.Pattern;

/** What a sink consumes. */
public sealed interface Topics {
  /**
   * {@code topics}.
   *
   * @param names the topics
   */
  record Named(List<String> names) implements Topics {
    /** Copies the names. */
    public Named {
      names = List.copyOf(names);
    }
  }

  /**
   * {@code topics.regex}.
   *
   * @param pattern the expression
   */
  record Matching(Pattern pattern) implements Topics {}
}
