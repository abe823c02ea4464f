package dev.millrace.cli;

import dev.millrace.plugins.PluginException;
import dev.millrace.rest.RestServer;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerSettings;
import java.time.Duration;
import org.apache.kafka.common.config.ConfigException;

/** A worker of a Kafka Connect file in this process. Used by one thread. */
final class WorkerProcess implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(250);

  private final Outside outside;
  private final Progress progress;
  private final Worker worker;
  private final Addresses addresses;

  private WorkerProcess(Outside outside, Progress progress, Worker worker, Addresses addresses) {
    this.outside = outside;
    this.progress = progress;
    this.worker = worker;
    this.addresses = addresses;
  }

  /**
   * Starts it; REST answers when this returns, Kafka need not.
   *
   * @throws CommandFailure naming what is wrong with the file, or why the worker did not start
   */
  static WorkerProcess start(Outside outside, WorkerFile file) {
    var progress = new Progress(outside.out());
    WorkerSettings settings = file.settings(outside);
    progress.say(
        "Log: "
            + Logging.given()
                .map(given -> "as " + given + " says")
                .orElseGet(() -> Logging.toFile(outside, settings.dataDir(), "INFO").toString()));
    file.repetitions().forEach(progress::say);
    Worker worker = worker(file, settings);
    try {
      String rest = worker.restUri().orElseThrow().toString().replaceFirst("/$", "");
      String kafka = worker.settings().bootstrapServers();
      var addresses = Addresses.write(settings.dataDir(), rest, kafka);
      progress.say("REST: " + rest + "   Ctrl-C stops.");
      return new WorkerProcess(outside, progress, worker, addresses);
    } catch (RuntimeException e) {
      worker.close();
      throw e;
    }
  }

  private static Worker worker(WorkerFile file, WorkerSettings settings) {
    try {
      return Worker.builder().settings(settings).rest(RestServer.factory()).start();
    } catch (ConfigException e) {
      throw file.wrong(e);
    } catch (PluginException | IllegalStateException e) {
      throw new CommandFailure("The worker did not start: " + e.getMessage(), e);
    }
  }

  Worker worker() {
    return worker;
  }

  /** Waits until the user stops it, 0, or the worker dies, 1. */
  int follow() {
    do {
      if (worker.death().isCompletedExceptionally()) {
        String reason = worker.death().exceptionNow().getMessage();
        outside.err().println("error: the worker died: " + reason);
        return 1;
      }
    } while (!outside.stop().await(LOOK));
    return 0;
  }

  /** Stops the worker within seconds. */
  @Override
  public void close() {
    progress.say("Stopping…");
    try {
      addresses.delete();
    } finally {
      worker.close();
    }
  }
}
