package dev.millrace.engine.sink;

import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.Loaders;
import dev.millrace.engine.Signals;
import dev.millrace.engine.WorkCancelled;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a sink's place in its group while the task's own code takes long (decision 0021). The
 * work's thread says when it is {@link #away} from the consumer. If that lasts, polls with all
 * partitions paused are made in its place. The group's demands are answered so:
 *
 * <ul>
 *   <li>the plugin is called by the work's thread only: what a callback wants of it waits until the
 *       thread is back ({@link #defer}), or is asked for at once ({@link #handOver});
 *   <li>a quarter of the poll interval passes before the first such poll; a revocation waits a
 *       quarter for the thread to come back, and a quarter for it to commit and close: the other
 *       members never wait longer than without this.
 * </ul>
 *
 * Thread-safe. The consumer belongs to the work's thread, or to the keeper while {@link #turning}.
 */
final class Keeper {
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int QUARTER = 4;

  private final SinkSetup setup;
  private final Signals signals;
  private final Consumer<byte[], byte[]> consumer;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicBoolean queued = new AtomicBoolean();
  private final Queue<Runnable> deferred = new ArrayDeque<>();
  private volatile Absence absence = Absence.NONE;
  private volatile Turn turn = Turn.NONE;
  private volatile HandOver handOver = new HandOver(() -> {});

  private enum Turn {
    NONE,
    KEEPING,
    CLOSING,
    CLOSED
  }

  private record Absence(String what, long sinceMs) {
    private static final Absence NONE = new Absence("", 0);
  }

  Keeper(SinkSetup setup, Signals signals, Consumer<byte[], byte[]> consumer) {
    this.setup = setup;
    this.signals = signals;
    this.consumer = consumer;
    this.patience = setup.input().membership().maxPollInterval().dividedBy(QUARTER);
  }

  private Environment environment() {
    return setup.environment();
  }

  /** Runs code that does not touch the consumer; on the work's thread. */
  void away(String what, Loaders.Action code) throws Exception {
    leave(what);
    try {
      code.run();
    } finally {
      comeBack();
    }
  }

  private void leave(String what) {
    lock.lock();
    try {
      absence = new Absence(what, environment().waits().nowMs());
    } finally {
      lock.unlock();
    }
    if (signals.cancelled()) {
      comeBack();
      throw new WorkCancelled(what);
    }
  }

  private void comeBack() {
    lock.lock();
    try {
      absence = Absence.NONE;
    } finally {
      lock.unlock();
    }
    environment().waits().wake();
    while (turn == Turn.KEEPING || turn == Turn.CLOSING) {
      environment().waits().await(() -> offered() || !turning(), LOOK);
      handOver.perform();
      environment().waits().wake();
    }
    environment().goesOn(Counters.Cause.SLOW);
    deferred.forEach(Runnable::run);
    deferred.clear();
  }

  private boolean offered() {
    return handOver.state() == HandOver.State.OFFERED;
  }

  /** Whether the keeper has the consumer at the moment. */
  boolean turning() {
    return turn == Turn.KEEPING || turn == Turn.CLOSING;
  }

  /** Whether the consumer is closed, or about to be, because the task did not stop in time. */
  boolean closed() {
    return turn == Turn.CLOSING || turn == Turn.CLOSED;
  }

  /** Looks whether a poll is due, about every second; any thread, never blocks. */
  void tick() {
    Absence now = absence;
    if (!now.equals(Absence.NONE)
        && environment().waits().nowMs() - now.sinceMs() >= patience.toMillis()
        && queued.compareAndSet(false, true)) {
      environment().waitingFor(Counters.Cause.SLOW, "the sink's own code: " + now.what());
      execute(this::keep);
    }
  }

  private void execute(Runnable piece) {
    try {
      setup.input().membership().threads().execute(piece);
    } catch (RejectedExecutionException e) {
      queued.set(false);
      LOG.warn(
          "{}: its place in the consumer group cannot be kept: {}",
          setup.name(),
          environment().line(e));
    }
  }

  private void keep() {
    try {
      if (begin(Turn.KEEPING)) {
        poll();
      }
    } finally {
      queued.set(false);
    }
  }

  private boolean begin(Turn wanted) {
    lock.lock();
    try {
      if (absence.equals(Absence.NONE) || turn != Turn.NONE) {
        return false;
      }
      turn = wanted;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void end(Turn next) {
    lock.lock();
    try {
      turn = next;
    } finally {
      lock.unlock();
    }
    environment().waits().wake();
  }

  private void poll() {
    try {
      consumer.pause(consumer.assignment());
      putBack(Polls.poll(consumer, POLL));
    } catch (WakeupException e) {
      LOG.debug("{}: a signal came while the task was busy", setup.name());
    } catch (KafkaException | IllegalStateException e) {
      LOG.warn(
          "{}: polling in place of the busy task failed: {}", setup.name(), environment().trace(e));
    } finally {
      end(Turn.NONE);
    }
  }

  /** Nothing can come, all is paused; if it did, the task's own poll has to get it. */
  private void putBack(ConsumerRecords<byte[], byte[]> polled) {
    for (TopicPartition partition : polled.partitions()) {
      consumer.seek(partition, polled.records(partition).getFirst().offset());
    }
  }

  /** Has this done by the work's thread once it is back; only while {@link #turning}. */
  void defer(Runnable action) {
    deferred.add(action);
  }

  /**
   * Has this done by the work's thread now, if it comes back in time; only while {@link #turning}.
   * Says how far it came: done, taken and not finished in time, or withdrawn.
   */
  HandOver.State handOver(Runnable work) {
    HandOver mine = new HandOver(work);
    handOver = mine;
    environment().waits().wake();
    environment()
        .waits()
        .await(() -> mine.state() != HandOver.State.OFFERED || signals.cancelled(), patience);
    mine.withdraw();
    environment().waits().await(() -> mine.state() != HandOver.State.TAKEN, patience);
    return mine.state();
  }

  /** The task's time to stop has passed: leaves the group for it, if it is busy. Never blocks. */
  void cancel() {
    execute(this::close);
  }

  private void close() {
    environment().waits().await(() -> !turning(), patience);
    if (!begin(Turn.CLOSING)) {
      return;
    }
    try {
      consumer.close(CloseOptions.timeout(CLOSE));
    } catch (KafkaException e) {
      LOG.warn(
          "{}: the consumer of the task that does not stop was not closed: {}",
          setup.name(),
          environment().trace(e));
    } finally {
      end(Turn.CLOSED);
    }
  }
}
