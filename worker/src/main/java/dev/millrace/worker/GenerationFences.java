package dev.millrace.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * No exactly-once task of a new set of tasks begins while one of an earlier set may still write:
 * partitions of the source may have moved from one task to another, and the new one would read an
 * offset that the old one is about to replace (compat: group protocol §12). So before the first
 * task of a set begins, those of the earlier one have ended or had time to, and then their
 * producers are fenced. Thread-safe; {@link #enter} blocks, for at most {@code patience} and the
 * fencing.
 */
final class GenerationFences implements Fences {

  private static final Duration ROUND = Duration.ofMinutes(2);

  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition left = lock.newCondition();
  private final Map<String, Round> rounds = new HashMap<>();

  /** A set of tasks, and whether those before it are over. Guarded by {@link #lock}. */
  private static final class Round {
    private final long generation;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int mayWrite;
    private int running;

    /** With the number of tasks that may write until earlier sets are over. */
    Round(long generation, int mayWrite) {
      this.generation = generation;
      this.mayWrite = mayWrite;
    }
  }

  /** Which set of tasks a task belongs to. */
  record Membership(String connector, long generation, int tasks) {}

  /**
   * Without tasks.
   *
   * @param patience how long tasks of an earlier set may take to end
   */
  GenerationFences(Duration patience) {
    this.patience = patience;
  }

  /**
   * {@inheritDoc}
   *
   * @param fence what it throws fails all that wait
   */
  @Override
  public Runnable enter(Membership task, IntConsumer fence) {
    Round own;
    Optional<Round> earlier;
    lock.lock();
    try {
      Optional<Round> known = Optional.ofNullable(rounds.get(task.connector()));
      if (known.filter(r -> r.generation > task.generation()).isPresent()) {
        throw outdated(task.connector());
      }
      earlier = known.filter(r -> r.generation < task.generation());
      own = known.filter(r -> r.generation == task.generation()).orElseGet(() -> open(task, known));
      own.running++;
    } finally {
      lock.unlock();
    }
    try {
      earlier.ifPresent(before -> end(task, own, before, fence));
      await(task, own);
      return () -> leave(own);
    } catch (RuntimeException | Error e) {
      leave(own);
      throw e;
    }
  }

  @Override
  public void upToDate() {
    // the worker's own log is all there is
  }

  private Round open(Membership task, Optional<Round> earlier) {
    int before = earlier.map(r -> r.mayWrite).orElse(0);
    Round opened = new Round(task.generation(), Math.max(before, task.tasks()));
    if (earlier.isEmpty()) opened.done.complete(null);
    rounds.put(task.connector(), opened);
    return opened;
  }

  private void end(Membership task, Round own, Round earlier, IntConsumer fence) {
    try {
      int before = awaitEnd(earlier);
      boolean alone = before == 1 && task.tasks() == 1;
      if (!alone) fence.accept(before); // a lone task fences its predecessor itself
      over(task, own);
    } catch (RuntimeException | Error e) { // also of plugins that the client was made with
      again(task, own, earlier);
      own.done.completeExceptionally(e);
    }
  }

  /** How many tasks of earlier sets may write still. */
  private int awaitEnd(Round earlier) {
    lock.lock();
    try {
      long nanos = patience.toNanos();
      while (earlier.running > 0 && nanos > 0) {
        nanos = left.awaitNanos(nanos);
      }
      return earlier.mayWrite;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("Interrupted while earlier tasks were ending", e);
    } finally {
      lock.unlock();
    }
  }

  private void over(Membership task, Round own) {
    lock.lock();
    try {
      own.mayWrite = task.tasks();
    } finally {
      lock.unlock();
    }
    own.done.complete(null);
  }

  /** After a failure the next one to enter tries again. */
  private void again(Membership task, Round failed, Round earlier) {
    lock.lock();
    try {
      earlier.mayWrite = failed.mayWrite;
      rounds.replace(task.connector(), failed, earlier);
    } finally {
      lock.unlock();
    }
  }

  private void leave(Round own) {
    lock.lock();
    try {
      own.running--;
      left.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static void await(Membership task, Round own) {
    try {
      own.done.get(ROUND.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new ConnectException(
          "The earlier tasks of connector '%s' could not be fenced: %s. Restart the task when Kafka can be reached."
              .formatted(task.connector(), e.getCause().getMessage()),
          e.getCause());
    } catch (TimeoutException e) {
      throw new ConnectException(
          "The earlier tasks of connector '%s' were not fenced in time. Restart the task."
              .formatted(task.connector()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("Interrupted while earlier tasks were being fenced", e);
    }
  }

  static ConnectException outdated(String connector) {
    return new ConnectException(
        "This task of connector '%s' does not begin, since newer task configurations have taken its place"
            .formatted(connector));
  }
}
