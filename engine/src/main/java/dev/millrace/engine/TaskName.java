package dev.millrace.engine;

import java.util.Objects;

/**
 * One task of a connector.
 *
 * @param connector the connector's name
 * @param task number of the task, from 0
 */
public record TaskName(String connector, int task) {
  /** Checks that there is a connector. */
  public TaskName {
    Objects.requireNonNull(connector, "connector");
  }

  @Override
  public String toString() {
    return connector + "-" + task;
  }
}
