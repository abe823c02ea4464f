package dev.millrace.worker;

import dev.millrace.worker.WorkerApi.Leader;
import java.time.Duration;
import java.time.Instant;

/** Waits until somebody known leads. Used by one request's thread. */
record LeaderWait(WorkerApi worker, Instant began) {

  private static final Duration LOOK = Duration.ofMillis(100);

  static LeaderWait of(WorkerApi worker) {
    return new LeaderWait(worker, Instant.now());
  }

  /** Who leads; unknown when nobody did within this time. */
  Leader await(Duration atMost) {
    var end = began.plus(atMost);
    var leader = worker.leader();
    while (leader instanceof Leader.Unknown
        && Instant.now().isBefore(end)
        && !Thread.currentThread().isInterrupted()) {
      worker.awaitOffset(worker.state().offset() + 1, LOOK);
      leader = worker.leader();
    }
    return leader;
  }
}
