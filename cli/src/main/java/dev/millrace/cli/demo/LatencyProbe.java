package dev.millrace.cli.demo;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Measures how long a committed row takes to be counted: inserts a visit of a user of its own and
 * asks the processor's table until the count is there. Run by one thread, once.
 */
public final class LatencyProbe implements Runnable {
  /** The user whose visits are the probe's alone. */
  public static final int USER = 0;

  private static final Duration BETWEEN = Duration.ofMillis(500);
  private static final Duration LOOK = Duration.ofMillis(2);
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final VisitTable table;
  private final LongSupplier count;
  private final Predicate<Duration> pauseOrEnd;
  private final Latencies latencies;
  private long left;

  /**
   * A probe.
   *
   * @param rows how many visits to insert at most
   * @param count the probe user's count in the processor's table
   * @param pauseOrEnd waits so long; true when it is to end
   */
  public LatencyProbe(
      VisitTable table,
      long rows,
      LongSupplier count,
      Predicate<Duration> pauseOrEnd,
      Latencies latencies) {
    this.table = table;
    this.left = rows;
    this.count = count;
    this.pauseOrEnd = pauseOrEnd;
    this.latencies = latencies;
  }

  @Override
  public void run() {
    long expected = table.rowsByUser().getOrDefault(USER, 0L);
    while (left-- > 0) {
      table.insert(List.of(USER));
      long committed = System.nanoTime();
      if (!counted(++expected)) {
        return;
      }
      latencies.add(Duration.ofNanos(System.nanoTime() - committed));
      if (pauseOrEnd.test(left == 0 ? Duration.ZERO : BETWEEN)) {
        return;
      }
    }
  }

  /** True when the count is there; false when the probe is to end. A slow one is measured too. */
  private boolean counted(long expected) {
    long begun = System.nanoTime();
    while (count.getAsLong() < expected) {
      boolean late = System.nanoTime() - begun > DEADLINE.toNanos();
      if (pauseOrEnd.test(late ? BETWEEN : LOOK)) {
        return false;
      }
    }
    return true;
  }
}
