package dev.millrace.engine;

import dev.millrace.model.errors.Stage;

/**
 * What became of a record in the pipeline.
 *
 * @param <T> what it became when it passed
 */
public sealed interface Outcome<T> {
  /**
   * It passed.
   *
   * @param value the result
   */
  record Passed<T>(T value) implements Outcome<T> {}

  /** A transformation dropped it. */
  record Filtered<T>() implements Outcome<T> {}

  /**
   * An operation on it failed for good.
   *
   * @param stage the stage of that operation
   * @param executing the plugin class that was executing
   * @param error what it threw
   */
  record Failed<T>(Stage stage, Class<?> executing, Exception error) implements Outcome<T> {}
}
