package dev.millrace.engine;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Virtual time: waiting moves the clock and lets the simulated world go on. One thread. */
public final class VirtualWaits implements Waits {
  private static final long STEP_MS = 10;

  /** After so long a wait, which is longer than any commit may take, time passes faster. */
  private static final long FINE_MS = 6_000;

  private static final long LONGEST_STEP_MS = 1_000;

  private final BooleanSupplier world;
  private long now = 1_000;

  /** What happens beside the world while somebody waits. */
  public Runnable onWait = () -> {};

  /** Waits in a world that goes on when called, and says whether it is alive. */
  public VirtualWaits(BooleanSupplier world) {
    this.world = world;
  }

  @Override
  public long nowMs() {
    return now;
  }

  @Override
  public long nowNanos() {
    return now * 1_000_000;
  }

  @Override
  public long wallMs() {
    return 1_700_000_000_000L + now;
  }

  /** Time passes. */
  public void advance(long ms) {
    now += ms;
  }

  @Override
  public boolean await(BooleanSupplier condition, Duration atMost) {
    long end = now + atMost.toMillis();
    long began = now;
    long step = STEP_MS;
    while (!condition.getAsBoolean() && now < end && world.getAsBoolean()) {
      now = Math.min(end, now + step);
      step = now - began < FINE_MS ? STEP_MS : LONGEST_STEP_MS;
      onWait.run();
    }
    return condition.getAsBoolean();
  }

  @Override
  public void wake() {
    // the next look at the condition comes anyway
  }
}
