package dev.millrace.worker.offsets;

import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Rejection;
import dev.millrace.model.TargetState;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Keeps a stopped connector from being started while its offsets are changed. Commands that came
 * before the change are decided before it begins, and its tasks have ended then on all workers:
 * they write where they are when they end. Commands that would start the connector wait until the
 * change is over. Thread-safe, guarded by its lock.
 */
public final class OffsetChanges {

  private final Function<Command, CompletableFuture<CommandResult>> control;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, CompletableFuture<Void>> under = new HashMap<>();

  /** None is under way. {@code control} takes commands in order and does not wait. */
  public OffsetChanges(Function<Command, CompletableFuture<CommandResult>> control) {
    this.control = control;
  }

  /** Has a command carried out, perhaps after a change. */
  public CompletableFuture<CommandResult> submit(Command command) {
    lock.lock();
    try {
      var change = starts(command) ? under.get(connectorOf(command)) : null;
      return change == null ? control.apply(command) : change.thenCompose(done -> submit(command));
    } finally {
      lock.unlock();
    }
  }

  private static boolean starts(Command command) {
    return command instanceof Command.Retarget(var name, var target)
        && target != TargetState.STOPPED;
  }

  private static String connectorOf(Command command) {
    return command instanceof Command.Retarget retarget ? retarget.connector() : "";
  }

  /** A change that is under way; closed when it is over. */
  interface Change extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Begins a change, one for each connector at a time, and waits until earlier commands are decided
   * and the tasks of a stopped connector have ended.
   */
  Change begin(String connector) {
    var change = new CompletableFuture<Void>();
    lock.lock();
    try {
      if (under.putIfAbsent(connector, change) != null) {
        throw OffsetException.failed(
            "Offsets of connector " + connector + " are being changed", null);
      }
    } finally {
      lock.unlock();
    }
    try {
      settle(connector);
    } catch (RuntimeException e) {
      end(connector, change);
      throw e;
    }
    return () -> end(connector, change);
  }

  private void settle(String connector) {
    var end = control.apply(new Command.AwaitStop(connector));
    var late =
        new CommandResult.Rejected(
            new Rejection(
                Rejection.Code.UNAVAILABLE,
                "Tasks of connector %s have not ended within %d seconds"
                    .formatted(connector, OffsetAdmin.DEADLINE_SECONDS - 1),
                "See its status, and repeat the request when they have"));
    end.completeOnTimeout(late, OffsetAdmin.DEADLINE_SECONDS - 1, TimeUnit.SECONDS);
    switch (KafkaOffsetAdmin.await(end)) {
      case CommandResult.Done done -> {}
      case CommandResult.Rejected(var why) ->
          throw OffsetException.failed(why.message() + ". " + why.hint(), null);
      case CommandResult.NotLeader other ->
          throw OffsetException.failed(
              "Commands cannot be decided here at the moment; repeat the request", null);
    }
  }

  private void end(String connector, CompletableFuture<Void> change) {
    lock.lock();
    try {
      under.remove(connector, change);
    } finally {
      lock.unlock();
    }
    change.complete(null);
  }
}
