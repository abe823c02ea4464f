package dev.millrace.worker;

import java.util.function.IntConsumer;

/** When an exactly-once task may begin. Thread-safe; its methods block, with deadlines. */
interface Fences {

  /**
   * Lets a task begin when nobody of an earlier set can write any more.
   *
   * @param fence shuts out the producers of tasks 0 to n-1, if that is this worker's part
   * @return says that the task is over; to be called once
   */
  Runnable enter(GenerationFences.Membership task, IntConsumer fence);

  /** Returns when this worker knows of all sets of tasks there are. */
  void upToDate();
}
