package dev.millrace.engine;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The life cycle all kinds of work share (compat: semantics §2, §3): create, begin, then iterate or
 * idle as the signals want, and end in any case. Owned by the thread that is in it; one at a time.
 */
public final class WorkLoop {
  private static final Duration IDLE = Duration.ofMinutes(1);

  /** One kind of work. All methods are called on the work's thread. */
  public interface Body {
    /** Makes the plugin objects; also when the work begins paused. */
    void create() throws Exception;

    /** Starts the plugin. */
    void begin() throws Exception;

    /** One iteration while running. */
    void iterate() throws Exception;

    /** Goes from running to paused. */
    void pause() throws Exception;

    /** One iteration while paused after running; waits a bounded time for a signal. */
    void idle() throws Exception;

    /** Goes from paused to running. */
    void resume() throws Exception;

    /** Closes everything, whatever was reached. */
    void end(boolean failed) throws Exception;
  }

  private enum Phase {
    NEW,
    CREATED,
    RUNNING,
    PAUSED,
    OVER
  }

  private final Signals signals;
  private final Environment environment;
  private final Body body;
  private Phase phase = Phase.NEW;
  private boolean pauseReported;

  /** The loop of one piece of work. */
  public WorkLoop(Signals signals, Environment environment, Body body) {
    this.signals = signals;
    this.environment = environment;
    this.body = body;
  }

  /** Runs the whole life on the calling thread, with this context class loader. */
  public void run(ClassLoader loader) {
    boolean over = run(loader, () -> false);
    assert over;
  }

  /**
   * Runs on the calling thread, with this context class loader, until the life is over or nothing
   * is to be done. Then another call, by any thread, goes on with it.
   *
   * @param idle whether nothing is to be done while it runs or is paused
   * @return whether the life is over
   */
  public boolean run(ClassLoader loader, BooleanSupplier idle) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      while (!(settled() && idle.getAsBoolean())) {
        if (!step()) {
          return true;
        }
      }
      environment.counters().turnOver();
      return false;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private boolean settled() {
    return phase == Phase.RUNNING
        || phase == Phase.PAUSED
        || (phase == Phase.CREATED && pauseReported);
  }

  /** One step; whether there are more. Throws only errors of the virtual machine. */
  public boolean step() {
    if (phase == Phase.OVER) {
      return false;
    }
    Throwable error = attempt();
    if (error == null && phase != Phase.OVER) {
      return true;
    }
    over(error);
    return false;
  }

  /** The error that ends the work, or null. */
  @SuppressWarnings("CatchingUnchecked") // plugin code may throw anything, also sneakily
  private Throwable attempt() {
    environment.counters().turnBegan(environment.waits().nowMs());
    try {
      advance();
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  private void advance() throws Exception {
    if (signals.stopWanted()) {
      phase = Phase.OVER;
      return;
    }
    switch (phase) {
      case NEW -> {
        body.create();
        phase = Phase.CREATED;
      }
      case CREATED -> beginUnlessPaused();
      case RUNNING -> iterateUnlessPaused();
      case PAUSED -> idleUnlessResumed();
      case OVER -> {}
    }
  }

  private void beginUnlessPaused() throws Exception {
    if (signals.pauseWanted()) {
      if (!pauseReported) {
        pauseReported = true;
        report(environment.listener()::paused);
      }
      environment.waits().await(() -> signals.stopWanted() || !signals.pauseWanted(), IDLE);
      return;
    }
    body.begin();
    phase = Phase.RUNNING;
    if (!signals.stopWanted()) {
      report(environment.listener()::started);
    }
  }

  private void iterateUnlessPaused() throws Exception {
    if (signals.pauseWanted()) {
      body.pause();
      phase = Phase.PAUSED;
      report(environment.listener()::paused);
    } else {
      body.iterate();
    }
  }

  private void idleUnlessResumed() throws Exception {
    if (signals.pauseWanted()) {
      body.idle();
    } else {
      body.resume();
      phase = Phase.RUNNING;
      report(environment.listener()::resumed);
    }
  }

  private void over(Throwable error) {
    phase = Phase.OVER;
    environment.counters().turnBegan(environment.waits().nowMs());
    Throwable outcome = end(error);
    environment.counters().turnOver();
    environment.counters().waitsNoMore();
    if (outcome == null || signals.stopWanted()) {
      if (outcome != null) {
        report(() -> environment.listener().failedStopping(outcome));
      }
      report(environment.listener()::stopped);
    } else {
      report(() -> environment.listener().failed(outcome));
    }
    rethrowVirtualMachineError(outcome);
  }

  private Throwable end(Throwable error) {
    Loaders.dropInterrupt();
    try {
      body.end(error != null);
      return error;
    } catch (Throwable e) {
      if (error == null) {
        return e;
      }
      if (e != error) {
        error.addSuppressed(e);
      }
      return error;
    }
  }

  private void report(Runnable report) {
    if (!signals.cancelled()) {
      report.run();
    }
  }

  /** Stack overflow and memory (of one allocation) hurt only the work; others tell of the JVM. */
  private static void rethrowVirtualMachineError(Throwable error) {
    if (error instanceof VirtualMachineError fatal
        && !(error instanceof StackOverflowError)
        && !(error instanceof OutOfMemoryError)) {
      throw fatal;
    }
  }
}
