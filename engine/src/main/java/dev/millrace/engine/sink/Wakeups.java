package dev.millrace.engine.sink;

import java.util.function.Supplier;
import org.apache.kafka.common.errors.WakeupException;

/** Calls of the consumer that a signal meant for poll may hit. Stateless. */
final class Wakeups {
  private Wakeups() {}

  /** The result; called again when the call was interrupted by a signal. */
  static <T> T ignored(Supplier<T> call) {
    try {
      return call.get();
    } catch (WakeupException e) {
      return call.get();
    }
  }

  /** Runs; again when interrupted by a signal. */
  static void ignored(Runnable call) {
    try {
      call.run();
    } catch (WakeupException e) {
      call.run();
    }
  }
}
