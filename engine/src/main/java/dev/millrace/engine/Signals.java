package dev.millrace.engine;

import java.util.Objects;

/**
 * What is wanted of one piece of work. Thread-safe; the work's thread looks, anyone sets. A stop is
 * never taken back, a cancel implies it.
 */
public final class Signals {
  private final Waits waits;
  private final Runnable wakeUp;
  private volatile boolean pauseWanted;
  private volatile boolean stopWanted;
  private volatile boolean cancelled;

  /**
   * Signals over the work's waits.
   *
   * @param wakeUp runs after every signal, on the signalling thread; must not block
   */
  public Signals(Waits waits, boolean paused, Runnable wakeUp) {
    this.waits = Objects.requireNonNull(waits, "waits");
    this.wakeUp = Objects.requireNonNull(wakeUp, "wakeUp");
    this.pauseWanted = paused;
  }

  /** Wants it paused. */
  public void pause() {
    pauseWanted = true;
    signal();
  }

  /** Wants it running. */
  public void resume() {
    pauseWanted = false;
    signal();
  }

  /** Wants it over. */
  public void stop() {
    stopWanted = true;
    signal();
  }

  /** Its time to stop has passed. */
  public void cancel() {
    cancelled = true;
    stop();
  }

  /** Whether it is to be paused. */
  public boolean pauseWanted() {
    return pauseWanted;
  }

  /** Whether it is to end. */
  public boolean stopWanted() {
    return stopWanted;
  }

  /** Whether nobody waits for its end any more. */
  public boolean cancelled() {
    return cancelled;
  }

  private void signal() {
    waits.wake();
    wakeUp.run();
  }
}
