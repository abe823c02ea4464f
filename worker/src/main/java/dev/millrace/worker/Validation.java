package dev.millrace.worker;

import java.util.List;
import java.util.Set;

/**
 * What is wrong with a connector configuration.
 *
 * @param problems one for each error message; empty when it is right
 * @param knownKeys every key that the framework or the plugin defines
 */
public record Validation(List<Problem> problems, Set<String> knownKeys) {

  /** One error message and the key it belongs to. */
  public record Problem(String key, String message) {}

  public Validation {
    problems = List.copyOf(problems);
    knownKeys = Set.copyOf(knownKeys);
  }
}
