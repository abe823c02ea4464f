package dev.millrace.worker;

import dev.millrace.worker.cluster.Cluster;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a worker is doing, for whoever waits for it (compat: REST §3, §5). Immutable.
 *
 * @param death of the worker
 */
record Situation(
    Instant begun,
    boolean ready,
    CompletableFuture<Void> death,
    Optional<Shell> shell,
    Optional<Cluster> cluster) {

  /** One sentence or several; empty when nothing is known. */
  String sentence() {
    if (death.isCompletedExceptionally()) {
      return "The worker has died, its log says more: " + death.exceptionNow().getMessage();
    }
    if (ready) return shell.map(Shell::stage).orElse("");
    return ("The worker is currently initializing and reading to the end of internal topics, which"
            + " began at %s. %s")
        .formatted(begun, cluster.map(Cluster::blocked).orElse(""))
        .strip();
  }
}
