package dev.millrace.engine;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Takes the records that were given up. Reports may come from any thread. */
public interface Reporter {
  /** Takes a report; done when it is safe; what fails it fails a source task. */
  CompletionStage<Void> report(ErrorReport report);

  /** Time for upkeep; never blocks, from any thread. */
  default void tick() {}

  /** Gives up what it holds, within the time. */
  void close(Duration timeout);
}
