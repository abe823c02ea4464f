package dev.millrace.engine.source;

import dev.millrace.engine.Helper;
import java.util.Objects;

/**
 * Whether the records of one poll are converted and sent beside the next poll, and by whom
 * (decision 0115).
 *
 * @param helper takes the sending over
 * @param choice decides before each batch
 */
public record Overlap(Helper helper, Choice choice) {
  /** Checks that nothing is missing. */
  public Overlap {
    Objects.requireNonNull(helper, "helper");
    Objects.requireNonNull(choice, "choice");
  }

  /** Decides from what the last batches took. Owned by the task's thread. */
  public interface Choice {
    /**
     * A batch with records has been sent.
     *
     * @param pollNanos what its poll took
     * @param sendNanos what conversion and sending took
     */
    void sent(long pollNanos, long sendNanos);

    /** Whether the next batch is to be sent beside a poll. */
    boolean wanted();
  }

  /** Nothing overlaps. */
  public static Overlap none() {
    return new Overlap(
        Helper.NOBODY,
        new Choice() {
          @Override
          public void sent(long pollNanos, long sendNanos) {
            // nothing follows from it
          }

          @Override
          public boolean wanted() {
            return false;
          }
        });
  }

  /** Polls and sendings overlap while that is worth another thread. */
  public static Overlap whenItPays(Helper helper) {
    return new Overlap(helper, new Gain());
  }

  /**
   * What overlapping gains is the shorter of the two times, and a hand-over to another thread costs
   * some ten microseconds and as much delay. Averages over about eight batches, in which a single
   * long one, where the thread had to wait for a processor, counts as twice the average.
   */
  static final class Gain implements Choice {
    private static final double LEAST_NANOS = 100_000;
    private static final double LEAST_PART = 0.08;
    private static final double WEIGHT = 1.0 / 8;

    private double pollNanos;
    private double sendNanos;

    @Override
    public void sent(long poll, long send) {
      pollNanos = averaged(pollNanos, poll);
      sendNanos = averaged(sendNanos, send);
    }

    private static double averaged(double average, long took) {
      double counted = Math.min((double) took, 2 * Math.max(average, LEAST_NANOS));
      return average + (counted - average) * WEIGHT;
    }

    @Override
    public boolean wanted() {
      double gain = Math.min(pollNanos, sendNanos);
      return gain >= LEAST_NANOS && gain >= LEAST_PART * (pollNanos + sendNanos);
    }
  }
}
