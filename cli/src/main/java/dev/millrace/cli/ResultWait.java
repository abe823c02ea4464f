package dev.millrace.cli;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for a worker that is being started or changed, no longer than the user wants it. Immutable;
 * used by the command's thread.
 *
 * @param atMost how long each wait may take
 */
record ResultWait(Stop stop, Duration atMost) {
  private static final Duration LOOK = Duration.ofMillis(250);

  /**
   * The result.
   *
   * @param failure what to say when there is none: begins the sentence
   * @throws CommandFailure when it fails, takes too long, or the process is to end
   */
  <T> T result(Future<T> future, String failure) {
    long begun = System.nanoTime();
    while (true) {
      try {
        return future.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (stop.isAsked()) {
          throw new CommandFailure(failure + ": Millrace is being stopped.", e);
        }
        if (System.nanoTime() - begun >= atMost.toNanos()) {
          throw new CommandFailure(failure + " within " + atMost.toSeconds() + " s.", e);
        }
      } catch (ExecutionException e) {
        throw new CommandFailure(failure + ": " + e.getCause().getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CommandFailure(failure + ": interrupted", e);
      }
    }
  }
}
