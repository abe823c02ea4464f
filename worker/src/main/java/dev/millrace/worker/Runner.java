package dev.millrace.worker;

import dev.millrace.model.TargetState;
import dev.millrace.model.Waiting;
import java.util.Optional;

/**
 * A piece of work's life, whatever kind it is. {@code run} is called once; signals from any thread.
 */
interface Runner {

  /** The whole life, on the calling thread. */
  void run();

  void retarget(TargetState target);

  void stop();

  /** Its time to stop has passed. May block for a moment: not for the control thread. */
  void cancel();

  /**
   * Does what is due though the work's thread is busy; called about once a second, never blocks.
   */
  void tick();

  /** What it waits for or retries; empty when nothing keeps it. */
  Optional<Waiting> waiting();

  /** The plugin's version, as far as known; empty before it was made. */
  String version();
}
