package dev.millrace.worker;

import dev.millrace.engine.WorkListener;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.WorkSpec;

/** Makes runners. Called on the work's own thread, since configurations are resolved here. */
@FunctionalInterface
interface RunnerFactory {

  /**
   * A runner that has not begun; throws what makes it impossible.
   *
   * @param connector the connector as the log had it when the work was started
   */
  Runner make(WorkSpec spec, ConnectorState connector, Listener listener);

  /** Told of the work's life, and of what must not be shown when it is told on. */
  interface Listener extends WorkListener {

    /** Secrets that the work has got. On the work's thread. */
    void knows(Secrets secrets);
  }
}
