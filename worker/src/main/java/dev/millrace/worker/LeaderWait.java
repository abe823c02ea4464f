package dev.millrace.worker;

import dev.millrace.worker.WorkerApi.Leader;
import java.time.Duration;

/**
 * Waits until somebody known leads. Used by one request's thread.
 *
 * @param began by the clock that nobody sets, in nanoseconds
 */
record LeaderWait(WorkerApi worker, long began) {

  private static final Duration LOOK = Duration.ofMillis(100);

  static LeaderWait of(WorkerApi worker) {
    return new LeaderWait(worker, System.nanoTime());
  }

  /** Who leads; unknown when nobody did within this time. */
  Leader await(Duration atMost) {
    var leader = worker.leader();
    while (leader instanceof Leader.Unknown
        && System.nanoTime() - began < atMost.toNanos()
        && !Thread.currentThread().isInterrupted()) {
      worker.awaitOffset(worker.state().offset() + 1, LOOK);
      leader = worker.leader();
    }
    return leader;
  }
}
