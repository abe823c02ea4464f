package dev.millrace.engine.sink;

import dev.millrace.engine.Signals;
import dev.millrace.engine.WorkLoop;

/**
 * Runs one sink task: consume, pipeline, put, commit (compat: semantics §3, §6). {@link #run} and
 * {@link #step} belong to the work's own thread; the signals may come from any thread.
 */
public final class SinkRunner {
  private final SinkSetup setup;
  private final Signals signals;
  private final WorkLoop loop;
  private final SinkBody body;

  /** A runner that has not begun. */
  public SinkRunner(SinkSetup setup, boolean paused) {
    this.setup = setup;
    this.signals = new Signals(setup.environment().waits(), paused, this::wakeUp);
    this.body = new SinkBody(setup, signals);
    this.loop = new WorkLoop(signals, setup.environment(), body);
  }

  /** The whole life of the task on the calling thread; returns when it is over. */
  public void run() {
    loop.run(setup.plugin().loader());
  }

  /** One step of that life, for simulations; whether there are more. */
  public boolean step() {
    return loop.step();
  }

  /** Wants the task paused. */
  public void pause() {
    signals.pause();
  }

  /** Wants the task running. */
  public void resume() {
    signals.resume();
  }

  /** Wants the task to end, after a last commit. */
  public void stop() {
    signals.stop();
  }

  /**
   * Its time to stop has passed: nothing is reported or committed any more, waits and retries end,
   * the producer of dead letters is closed at once. May block for a moment.
   */
  public void cancel() {
    signals.cancel();
    body.cancel();
  }

  /** To be called about every second while it runs; never blocks. */
  public void tick() {
    body.tick();
  }

  private void wakeUp() {
    body.wakeUp();
  }
}
