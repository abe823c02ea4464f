package dev.millrace.worker.cluster;

import dev.millrace.model.ConnectorState;

/** Shuts out the transactional producers of tasks. */
@FunctionalInterface
public interface Fencer {

  /**
   * Blocks until tasks 0 to {@code tasks - 1} can write nothing more. Once its thread is
   * interrupted it begins nothing new.
   *
   * @throws RuntimeException when that is not certain
   */
  void fence(String name, ConnectorState connector, int tasks);
}
