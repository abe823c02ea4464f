package dev.millrace.worker;

import dev.millrace.model.Command;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker that is stopped tells the others when it will be back: they hold its work for it.
 * They are told as well as is possible within seconds, since the worker ends anyway.
 */
final class ReturnNotice {
  private static final Logger LOG = LoggerFactory.getLogger(ReturnNotice.class);
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int ATTEMPTS = 3;
  private static final int FACTS = 100; // of others, that come first

  private ReturnNotice() {}

  /**
   * Returns when the notice is in the log, or after seconds.
   *
   * @param leader takes a command to the leader, wherever that is
   */
  static void give(WorkerApi worker, Duration hold, Consumer<Command> leader) {
    boolean others = worker.members().all().size() > 1;
    if (hold.isZero() || !others || worker.member().isEmpty()) return;
    var notice = new Command.Expect(worker.member(), hold.toMillis());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      leader.accept(notice);
      if (awaitNotice(worker)) return;
    }
    LOG.warn("The others were not told that this worker comes back: they take its work over");
  }

  /** Until it is in the log, or nothing new comes for a while. */
  private static boolean awaitNotice(WorkerApi worker) {
    boolean more = true;
    for (int facts = 0; more && facts < FACTS; facts++) {
      if (worker.state().expected().containsKey(worker.member())) return true;
      more = worker.awaitOffset(worker.state().offset() + 1, PATIENCE);
    }
    return false;
  }
}
