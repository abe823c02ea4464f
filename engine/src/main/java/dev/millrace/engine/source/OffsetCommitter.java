package dev.millrace.engine.source;

import dev.millrace.engine.Count;
import dev.millrace.engine.Counters;
import dev.millrace.engine.PartitionKey;
import dev.millrace.engine.Sample;
import dev.millrace.engine.Signals;
import dev.millrace.engine.Waits;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a task's offsets outside of transactions, one write at a time and without waiting (compat:
 * semantics §4). What could not be written is kept, and newer offsets win over it. Thread-safe.
 */
final class OffsetCommitter {
  private static final Logger LOG = LoggerFactory.getLogger(OffsetCommitter.class);

  private final SourceSetup setup;
  private final Waits waits;
  private final Counters counters;
  private final Runnable succeeded;
  private final ReentrantLock lock = new ReentrantLock();
  private Map<PartitionKey, Position> pending = new HashMap<>();
  private Write writing;
  private long lastEndMs;
  private boolean closed;

  /**
   * Commits nothing yet.
   *
   * @param succeeded called after each commit that succeeded, also of nothing, but the last one; on
   *     any thread, must not block
   */
  OffsetCommitter(SourceSetup setup, Runnable succeeded) {
    this.setup = setup;
    this.succeeded = succeeded;
    this.waits = setup.environment().waits();
    this.counters = setup.environment().counters();
    this.lastEndMs = waits.nowMs();
  }

  private record Write(Map<PartitionKey, Position> offsets, long beganMs) {}

  /** A write that the store has, behind those before it. */
  private record Begun(Write write, CompletionStage<Void> answer) {}

  /** Begins a commit when the interval has passed; gives up one that takes too long. */
  void commitIfDue(Supplier<Map<PartitionKey, Position>> committable) {
    Optional<Begun> begun;
    lock.lock();
    try {
      giveUpOverdue();
      if (closed || writing != null || untilDueMs() > 0) {
        return;
      }
      begun = take(committable).map(this::write);
    } finally {
      lock.unlock();
    }
    begun.ifPresentOrElse(this::follow, succeeded);
  }

  /**
   * The last commit of a task, ended at the deadline at the latest. A commit under way is not
   * waited for: its offsets are written again with the newer ones, and the store keeps the order.
   *
   * @return whether it succeeded
   */
  boolean commitLast(
      Supplier<Map<PartitionKey, Position>> committable, Signals signals, long deadlineMs) {
    Optional<Begun> begun;
    lock.lock();
    try {
      closed = true;
      if (writing != null) {
        writing.offsets().forEach(pending::putIfAbsent);
      }
      begun = take(committable).map(this::write);
    } finally {
      lock.unlock();
    }
    if (begun.isPresent()) {
      follow(begun.get());
      long left = Math.max(0, deadlineMs - waits.nowMs());
      waits.await(() -> !isWriting() || signals.cancelled(), Duration.ofMillis(left));
    }
    reportUnfinished();
    return begun.isEmpty() || lastSucceeded();
  }

  private boolean lastSucceeded() {
    lock.lock();
    try {
      return writing == null && pending.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private void reportUnfinished() {
    if (isWriting()) {
      counters.add(Count.COMMIT_FAILURES);
      LOG.warn(
          "{}: the last commit of offsets to '{}' was not answered in {}; records may be repeated",
          setup.name(),
          setup.output().offsets().topic(),
          setup.upkeep().commits().timeout());
    }
  }

  private boolean isWriting() {
    lock.lock();
    try {
      return writing != null;
    } finally {
      lock.unlock();
    }
  }

  /** Begins no more commits: a successor of the task may be at work. */
  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Time until the next commit is due. */
  Duration untilDue() {
    lock.lock();
    try {
      return Duration.ofMillis(Math.max(1, untilDueMs()));
    } finally {
      lock.unlock();
    }
  }

  private long untilDueMs() {
    return lastEndMs + setup.upkeep().commits().interval().toMillis() - waits.nowMs();
  }

  private void giveUpOverdue() {
    if (writing != null
        && waits.nowMs() - writing.beganMs() >= setup.upkeep().commits().timeout().toMillis()) {
      LOG.warn(
          "{}: a commit of offsets to '{}' was not answered in {}; it will be tried again",
          setup.name(),
          setup.output().offsets().topic(),
          setup.upkeep().commits().timeout());
      keepForNext(writing);
    }
  }

  /** What is to be written now; empty when there is nothing, which is a success. */
  private Optional<Write> take(Supplier<Map<PartitionKey, Position>> committable) {
    pending.putAll(committable.get());
    counters.add(Count.COMMIT_SEQUENCE);
    if (pending.isEmpty()) {
      countSuccess(waits.nowMs());
      return Optional.empty();
    }
    writing = new Write(pending, waits.nowMs());
    pending = new HashMap<>();
    return Optional.of(writing);
  }

  /** Under the lock, which keeps the order: a later write must not be overtaken by this one. */
  private Begun write(Write write) {
    Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
    write.offsets().values().forEach(p -> offsets.put(p.partition(), p.offset()));
    try {
      return new Begun(write, setup.output().offsets().write(setup.name().connector(), offsets));
    } catch (RuntimeException e) {
      return new Begun(write, CompletableFuture.failedFuture(e));
    }
  }

  private void follow(Begun begun) {
    var unused = begun.answer().whenComplete((done, error) -> answered(begun.write(), error));
  }

  private void answered(Write write, Throwable error) {
    if (settled(write, error)) {
      succeeded.run();
    }
    waits.wake();
  }

  /** Whether a commit, but not the last one, has succeeded by this answer. */
  private boolean settled(Write write, Throwable error) {
    lock.lock();
    try {
      if (!write.equals(writing)) {
        counters.add(Count.COMMITS_SKIPPED);
      } else if (error == null) {
        writing = null;
        countSuccess(write.beganMs());
        return !closed;
      } else {
        LOG.warn(
            "{}: could not commit offsets to '{}'; they are kept for the next commit: {}",
            setup.name(),
            setup.output().offsets().topic(),
            setup.environment().line(unwrapped(error)));
        keepForNext(write);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private static Throwable unwrapped(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  private void countSuccess(long beganMs) {
    lastEndMs = waits.nowMs();
    counters.add(Count.COMMITS);
    counters.sample(Sample.COMMIT_MS, lastEndMs - beganMs);
  }

  private void keepForNext(Write write) {
    write.offsets().forEach(pending::putIfAbsent);
    writing = null;
    lastEndMs = waits.nowMs();
    counters.add(Count.COMMIT_FAILURES);
  }
}
