package dev.millrace.engine.sink;

import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Calls of the consumer that a signal meant for poll may hit: they are made to their end, and the
 * signal comes again afterwards, to the poll that is going on or to the next one. Stateless.
 */
final class Wakeups {

  private Wakeups() {}

  /** The result; called again when the call was interrupted by a signal. */
  static <T> T deferred(Consumer<?, ?> consumer, Supplier<T> call) {
    boolean woken = false;
    try {
      while (true) {
        try {
          return call.get();
        } catch (WakeupException e) {
          woken = true;
        }
      }
    } finally {
      if (woken) {
        consumer.wakeup();
      }
    }
  }

  /** Runs; again when interrupted by a signal. */
  static void deferred(Consumer<?, ?> consumer, Runnable call) {
    deferred(
        consumer,
        () -> {
          call.run();
          return true;
        });
  }
}
