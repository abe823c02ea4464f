package dev.millrace.rest;

import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Rejection;
import dev.millrace.worker.WorkerApi;
import dev.millrace.worker.WorkerApi.Leader;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Has commands carried out and turns what became of them into HTTP (compat: REST §2, §3, §4).
 * Thread-safe.
 */
final class Submitter {

  /** Beyond the worker's own deadline, so that the worker's answer is the one that counts. */
  private static final Duration LATER = Duration.ofSeconds(5);

  private final WorkerApi worker;

  Submitter(WorkerApi worker) {
    this.worker = worker;
  }

  /**
   * Waits until the command has been carried out.
   *
   * @param notFound what to say when the connector is not there
   * @throws HttpException when it was not carried out
   * @throws LeadsElsewhere when another worker decides
   */
  CommandResult.Done submit(Command command, String notFound) {
    return switch (await(command)) {
      case CommandResult.Done done -> done;
      case CommandResult.Rejected(var rejection) -> throw refused(rejection, notFound);
      case CommandResult.NotLeader ignored -> throw new LeadsElsewhere();
    };
  }

  /**
   * Lets the leader go on; for what is not a command, or looks at the state before it makes one.
   *
   * @throws LeadsElsewhere when another worker leads
   */
  void requireLeader() {
    if (!(worker.leader() instanceof Leader.Here)) throw new LeadsElsewhere();
  }

  /** Waits likewise, with the rejection's own words when something is not there. */
  CommandResult.Done submit(Command command) {
    return submit(command, "");
  }

  /**
   * Waits until a connector of this worker has begun.
   *
   * @throws HttpException when it does not
   */
  void awaitStarted(String connector) {
    worker
        .awaitStarted(connector)
        .ifPresent(
            why -> {
              throw new HttpException(500, why);
            });
  }

  /** The same where answers wait for that always (compat: REST §15). */
  void awaitInStandalone(String connector) {
    if (worker.standalone()) awaitStarted(connector);
  }

  /**
   * Replaces a configuration.
   *
   * @return false when it is not the one any more that it shall replace
   */
  boolean replace(
      String connector, Map<String, String> before, Map<String, String> config, String notFound) {
    var command = new Command.Replace(connector, before, config);
    return switch (await(command)) {
      case CommandResult.Done ignored -> true;
      case CommandResult.NotLeader ignored -> throw new LeadsElsewhere();
      case CommandResult.Rejected(var rejection) -> {
        if (rejection.code() == Rejection.Code.CONFLICT) yield false;
        throw refused(rejection, notFound);
      }
    };
  }

  /** Whether the worker answers a request within this time. */
  boolean answers(Duration within) {
    try {
      return switch (worker.submit(new Command.Probe()).get(within.toSeconds(), TimeUnit.SECONDS)) {
        case CommandResult.Done ignored -> true;
        case CommandResult.NotLeader ignored -> true;
        case CommandResult.Rejected ignored -> false;
      };
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private CommandResult await(Command command) {
    try {
      long atMost = worker.requestTimeout().plus(LATER).toMillis();
      return worker.submit(command).get(atMost, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new HttpException(500, ("Request timed out. " + worker.stage()).strip(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HttpException(500, "Request interrupted", e);
    } catch (ExecutionException e) {
      throw new HttpException(500, e.getCause().getMessage(), e);
    }
  }

  private static HttpException refused(Rejection rejection, String notFound) {
    boolean own = rejection.code() == Rejection.Code.NOT_FOUND && !notFound.isEmpty();
    var message = own ? notFound : withHint(rejection);
    int status =
        switch (rejection.code()) {
          case NOT_FOUND -> 404;
          case ALREADY_EXISTS, CONFLICT -> 409;
          case INVALID -> 400;
          case UNAVAILABLE, UNKNOWN_FATE -> 500;
        };
    return new HttpException(status, message);
  }

  private static String withHint(Rejection rejection) {
    return rejection.hint().isEmpty()
        ? rejection.message()
        : rejection.message() + ". " + rejection.hint();
  }
}
