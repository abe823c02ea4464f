package dev.millrace.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A producer that is made at the first record, released after a while without records, and made
 * again at the next one. It is never released while a record is on its way. Not for transactions:
 * beginning them anew could shut out a successor. Thread-safe.
 *
 * <p>When it cannot be made at first, the record fails. When it cannot be made again, its settings
 * are not the reason (the name of a broker that is not found for the moment is): the record waits,
 * as it would in a producer that had been kept while Kafka is away.
 */
public final class OnDemandProducer {
  private static final Logger LOG = LoggerFactory.getLogger(OnDemandProducer.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final Supplier<Producer<byte[], byte[]>> maker;
  private final Environment environment;
  private final ReentrantLock making = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();

  private boolean madeBefore;

  /** Null while there is none. Written under {@link #lock}, which guards what follows. */
  private volatile Producer<byte[], byte[]> present;

  /** How many records had been begun when {@link #releaseIfIdle} looked. */
  private long begunSeen;

  /** When it was last seen that there was a record on its way, or had been. */
  private long busySeenMs;

  private boolean closed;

  /** The one that is being closed for good: a later close may cut that short. */
  private Producer<byte[], byte[]> closing;

  /**
   * Records that have been begun; counted without the lock, and before {@link #present} is looked
   * at: who takes that one away looks for them afterwards.
   */
  private final AtomicLong begun = new AtomicLong();

  /** Records that are no longer on their way; counted without the lock by those who answer. */
  private final AtomicLong ended = new AtomicLong();

  /** Makes nothing yet. */
  public OnDemandProducer(Supplier<Producer<byte[], byte[]>> maker, Environment environment) {
    this.maker = maker;
    this.environment = environment;
  }

  /**
   * Sends a record. The callback comes exactly once, unless this throws. Throws WorkCancelled once
   * closed.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // the callback tells
  public void send(ProducerRecord<byte[], byte[]> record, Callback callback) {
    begun.incrementAndGet();
    boolean sent = false;
    try {
      Producer<byte[], byte[]> ready = present;
      Producer<byte[], byte[]> producer = ready == null ? install() : ready;
      producer.send(record, (metadata, error) -> answered(callback, metadata, error));
      sent = true;
    } finally {
      if (!sent) {
        ended.incrementAndGet();
      }
    }
  }

  private void answered(Callback callback, RecordMetadata metadata, Exception error) {
    try {
      callback.onCompletion(metadata, error);
    } finally {
      ended.incrementAndGet();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new WorkCancelled("sending a record");
    }
  }

  /** Makes the producer, unless somebody else has; a record of the caller is counted already. */
  private Producer<byte[], byte[]> install() {
    making.lock();
    try {
      return ready().orElseGet(() -> installed(made()));
    } finally {
      making.unlock();
    }
  }

  /** Guarded by {@link #making}. */
  private Producer<byte[], byte[]> made() {
    boolean told = false;
    while (true) {
      try {
        Producer<byte[], byte[]> made = maker.get();
        madeBefore = true;
        return made;
      } catch (KafkaException e) {
        if (!madeBefore) {
          throw e;
        }
        if (!told) {
          LOG.warn("A producer could not be made again, but will be: {}", environment.line(e));
        }
        told = true;
        environment.waits().await(this::isClosed, AGAIN);
        ready(); // throws when closed
      }
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private Optional<Producer<byte[], byte[]>> ready() {
    lock.lock();
    try {
      checkOpen();
      return Optional.ofNullable(present);
    } finally {
      lock.unlock();
    }
  }

  private Producer<byte[], byte[]> installed(Producer<byte[], byte[]> made) {
    lock.lock();
    try {
      if (!closed) {
        present = made;
        return made;
      }
    } finally {
      lock.unlock();
    }
    made.close(Duration.ZERO);
    throw new WorkCancelled("sending a record");
  }

  /**
   * Releases the producer when it has been idle for so long, counted from the first call that saw
   * it so. To be called often. Never blocks.
   */
  public void releaseIfIdle(Upkeep upkeep) {
    taken(upkeep.idle().toMillis()).ifPresent(idle -> release(idle, upkeep.aside()));
  }

  private static void release(Producer<byte[], byte[]> idle, Executor aside) {
    boolean begun = false;
    try {
      aside.execute(() -> idle.close(CLOSE_TIMEOUT));
      begun = true;
    } finally {
      if (!begun) {
        idle.close(Duration.ZERO);
      }
    }
  }

  private Optional<Producer<byte[], byte[]>> taken(long idleMs) {
    lock.lock();
    try {
      long now = environment.waits().nowMs();
      long records = begun.get();
      if (records != ended.get() || records != begunSeen) {
        begunSeen = records;
        busySeenMs = now;
      }
      return now - busySeenMs < idleMs ? Optional.empty() : takeUnlessBegun(records);
    } finally {
      lock.unlock();
    }
  }

  /** Who begins a record after it was taken finds none, and waits for the lock to get another. */
  private Optional<Producer<byte[], byte[]>> takeUnlessBegun(long records) {
    Optional<Producer<byte[], byte[]>> taken = take();
    if (begun.get() == records) {
      return taken;
    }
    taken.ifPresent(used -> present = used);
    return Optional.empty();
  }

  private Optional<Producer<byte[], byte[]>> take() {
    Optional<Producer<byte[], byte[]>> taken = Optional.ofNullable(present);
    present = null;
    return taken;
  }

  /**
   * Closes it for good; records on their way get so long. From any thread; a second call with less
   * time cuts the first one short.
   */
  public void close(Duration timeout) {
    Optional<Producer<byte[], byte[]>> last;
    lock.lock();
    try {
      closed = true;
      take().ifPresent(taken -> closing = taken);
      last = Optional.ofNullable(closing);
    } finally {
      lock.unlock();
    }
    environment.waits().wake();
    last.ifPresent(producer -> producer.close(timeout));
  }
}
