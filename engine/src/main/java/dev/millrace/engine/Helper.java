package dev.millrace.engine;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Other threads of a task, which are there only while there is work for them. The work comes as
 * steps, so that a simulation can take them in between those of the task's own thread.
 */
@FunctionalInterface
public interface Helper {
  /**
   * Takes steps one after the other, beside the caller, until one says that there are no more. What
   * the caller has written before is seen by the steps. Does not wait for them; throws when there
   * is no thread for them, and then none is taken.
   *
   * @param step takes a step and says whether there are more; must not throw
   */
  void help(BooleanSupplier step);

  /** By an executor that runs each call at once, on a thread of its own. */
  static Helper by(Executor executor) {
    return step ->
        executor.execute(
            () -> {
              while (step.getAsBoolean()) {
                // the step has done it
              }
            });
  }
}
