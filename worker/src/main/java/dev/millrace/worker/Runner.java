package dev.millrace.worker;

import dev.millrace.model.TargetState;
import dev.millrace.model.Waiting;
import java.util.List;
import java.util.Optional;

/**
 * A piece of work's life, whatever kind it is. {@code run} is called by one thread at a time;
 * signals from any thread.
 */
interface Runner {

  /**
   * Its life on the calling thread, until it is over or nothing is to be done; then it is called
   * again when it asks for it. Whether it is over.
   */
  boolean run();

  void retarget(TargetState target);

  void stop();

  /** Has a connector instance fail of this error. Not for tasks, which fail of their own. */
  void fail(Exception error);

  /** Its time to stop has passed. May block for a moment: not for the control thread. */
  void cancel();

  /**
   * Does what is due though the work's thread is busy; called about once a second, never blocks.
   */
  void tick();

  /** What it waits for or retries; empty when nothing keeps it. */
  Optional<Waiting> waiting();

  /** Threads that help the one that runs it, at the moment. */
  List<Thread> helpers();

  /** The plugin's version, as far as known; empty before it was made. */
  String version();
}
