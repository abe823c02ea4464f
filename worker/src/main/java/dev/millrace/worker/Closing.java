package dev.millrace.worker;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes the parts of a worker, whatever goes wrong with some of them. Stateless. */
final class Closing {

  private static final Logger LOG = LoggerFactory.getLogger(Closing.class);
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  private Closing() {}

  /** Closes one part. */
  static void of(String what, Runnable close) {
    try {
      close.run();
    } catch (RuntimeException | Error e) {
      LOG.error("The worker could not close {} in order", what, e);
    }
  }

  /**
   * Closes what belongs to the worker itself of plugins, whose code may hang: one after another;
   * what is not done in time ends without the worker.
   */
  static void plugins(Runnable... closes) {
    var closing =
        Thread.ofPlatform()
            .daemon()
            .name("plugins-close")
            .start(() -> List.of(closes).forEach(Runnable::run));
    try {
      if (!closing.join(DEADLINE)) {
        LOG.warn("Config providers and policies were not closed within {}", DEADLINE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
