package dev.millrace.engine;

import org.apache.kafka.connect.errors.ConnectException;

/** Ends a wait of cancelled work. Plugins see it as a ConnectException. */
public final class WorkCancelled extends ConnectException {
  private static final long serialVersionUID = 1L;

  /** Says what was being waited for. */
  public WorkCancelled(String whileDoing) {
    super("Cancelled " + whileDoing + ": the time to stop had passed");
  }
}
