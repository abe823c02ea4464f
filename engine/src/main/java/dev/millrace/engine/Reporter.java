package dev.millrace.engine;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Takes the records that were given up. Reports may come from any thread. */
public interface Reporter {
  /** Takes a report; done when it is safe. A failure is logged and counted, not fatal. */
  CompletionStage<Void> report(ErrorReport report);

  /** Gives up what it holds, within the time. */
  void close(Duration timeout);
}
