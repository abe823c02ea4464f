package dev.millrace.worker;

import dev.millrace.engine.WorkListener;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.WorkSpec;
import dev.millrace.worker.metrics.WorkMeter;

/** Makes runners. Called on the work's own thread, since configurations are resolved here. */
@FunctionalInterface
interface RunnerFactory {

  /**
   * A runner that has not begun; throws what makes it impossible.
   *
   * @param connector the connector as the log had it when the work was started
   * @param meter told what the work consists of
   */
  Runner make(WorkSpec spec, ConnectorState connector, Listener listener, WorkMeter meter);

  /** Told of the work's life, and of what must not be shown when it is told on. */
  interface Listener extends WorkListener {

    /** There may be something to do for a runner that has returned though it is not over. */
    void wanted();

    /** Secrets that the work has got. On the work's thread. */
    void knows(Secrets secrets);

    /** A text that others may see, without these secrets. From any thread. */
    String hidden(String text);
  }
}
