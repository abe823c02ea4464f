package dev.millrace.engine.source;

import dev.millrace.engine.Counters.Cause;
import dev.millrace.engine.Signals;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a source task does when something fails for the moment. Thread-safe. */
final class Rests {
  private static final Logger LOG = LoggerFactory.getLogger(Rests.class);
  private static final Duration RETRY_DELAY = Duration.ofMillis(100);

  private final SourceSetup setup;
  private final Signals signals;

  Rests(SourceSetup setup, Signals signals) {
    this.setup = setup;
    this.signals = signals;
  }

  /** Waits a moment. Logged when it begins and when it is over; shown as long as it lasts. */
  void rest(Cause cause, String whom, RuntimeException error) {
    if (setup.environment().waitingFor(cause, whom + ": " + messageOf(error))) {
      LOG.warn(
          "{} waits for {}, which failed for the moment: {}",
          setup.name(),
          whom,
          setup.environment().trace(error));
    }
    setup.environment().waits().await(signals::stopWanted, RETRY_DELAY);
  }

  /** It has succeeded. */
  void over(Cause cause) {
    if (setup.environment().goesOn(cause)) {
      LOG.info("{} waits no more and goes on", setup.name());
    }
  }

  private static String messageOf(RuntimeException error) {
    return error.getMessage() == null ? error.toString() : error.getMessage();
  }
}
