package dev.millrace.model.control;

/**
 * The control plane's few times, in milliseconds.
 *
 * @param departedGraceMs how long departed members may need until their work has surely stopped
 * @param retryMs pause between attempts to claim the log, and to hand over tasks
 * @param refusedRetryMs the same pause while the log refuses claims or facts
 * @param appendTimeoutMs how long an append may stay without an answer
 * @param reportMs after how long a report is repeated, should one have been lost
 */
public record ControlTimes(
    long departedGraceMs, long retryMs, long refusedRetryMs, long appendTimeoutMs, long reportMs) {

  /** For a worker that can have no other beside it: nobody to wait for. */
  public static ControlTimes alone() {
    return new ControlTimes(0, 200, 1_000, 5_000, 10_000);
  }
}
