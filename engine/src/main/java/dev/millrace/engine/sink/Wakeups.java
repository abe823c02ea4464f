package dev.millrace.engine.sink;

import java.util.function.Supplier;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls of the consumer that a signal meant for poll may hit. Stateless. */
final class Wakeups {
  private static final Logger LOG = LoggerFactory.getLogger(Wakeups.class);

  private Wakeups() {}

  /** The result; called again when the call was interrupted by a signal. */
  static <T> T ignored(Supplier<T> call) {
    while (true) {
      try {
        return call.get();
      } catch (WakeupException e) {
        LOG.trace("A signal came meanwhile; its flag is looked at later", e);
      }
    }
  }

  /** Runs; again when interrupted by a signal. */
  static void ignored(Runnable call) {
    ignored(
        () -> {
          call.run();
          return true;
        });
  }
}
