package dev.millrace.worker.validation;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A configuration whose placeholders are filled in.
 *
 * @param config with secrets in it: never to be logged or shown
 * @param hidden takes those secrets out of a text
 */
public record Resolution(Map<String, String> config, UnaryOperator<String> hidden) {
  /** Shows no value. */
  @Override
  public String toString() {
    return "Resolution" + config.keySet();
  }
}
