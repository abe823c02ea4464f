package dev.millrace.engine.source;

import dev.millrace.engine.Counters.Cause;
import dev.millrace.engine.Environment;
import dev.millrace.engine.Helper;
import dev.millrace.engine.Signals;
import dev.millrace.engine.source.SourceSending.Progress;
import java.time.Duration;

/**
 * The sending of one batch, lent to the helper while the task's thread polls. Until it is back the
 * sending, and with it transformations, converters and the delivery of records, is the helper's
 * alone. Owned by the task's thread, but for the steps.
 */
final class Loan {
  private static final Duration SLICE = Duration.ofMinutes(1);

  private final SourceSending sending;
  private final Helper helper;
  private final Environment environment;
  private final Signals signals;
  private boolean out;
  private boolean failed;
  private long beganNanos;

  /** The helper's last word; null while it has the sending, or nobody has lent it. */
  private volatile Return back;

  Loan(SourceSending sending, Helper helper, Environment environment, Signals signals) {
    this.sending = sending;
    this.helper = helper;
    this.environment = environment;
    this.signals = signals;
  }

  /**
   * What a loan ended with.
   *
   * @param error what the sending threw, or null
   */
  private record Return(Throwable error, long atNanos) {}

  /** Whether it is lent. */
  boolean isOut() {
    return out;
  }

  /** Whether a sending that was lent has thrown. */
  boolean failed() {
    return failed;
  }

  /** Lends the batch that is open. */
  void lend() {
    beganNanos = environment.waits().nowNanos();
    helper.help(this::step);
    out = true;
  }

  /** On the helper's thread. */
  @SuppressWarnings("CatchingUnchecked") // plugin code may throw anything, also sneakily
  private boolean step() {
    Throwable error = null;
    try {
      if (goesOn(sending.step())) {
        return true;
      }
    } catch (Throwable e) {
      error = e;
      environment.waitingFor(
          Cause.PLUGIN,
          "the source to return from its poll; then the task fails: " + environment.line(e));
    }
    back = new Return(error, environment.waits().nowNanos());
    environment.waits().wake();
    return false;
  }

  /** A pause or a stop takes over what is held. */
  private boolean goesOn(Progress progress) {
    return switch (progress) {
      case MORE -> true;
      case HELD -> !signals.stopWanted() && !signals.pauseWanted();
      case OVER -> false;
    };
  }

  /**
   * Waits until the sending is back, which takes as long as it would have taken the task's own
   * thread. Throws what it threw.
   *
   * @return what the loan took, in nanoseconds
   */
  long takeBack() throws Exception {
    while (!environment.waits().await(() -> back != null, SLICE)) {
      // a cancel lets the sending end; a converter that hangs would hold this thread, too
    }
    Return ended = back;
    back = null;
    out = false;
    if (ended.error() != null) {
      failed = true;
      rethrow(ended.error());
    }
    return ended.atNanos() - beganNanos;
  }

  private static void rethrow(Throwable error) throws Exception {
    if (error instanceof Error e) {
      throw e;
    }
    throw error instanceof Exception e ? e : new IllegalStateException(error);
  }
}
