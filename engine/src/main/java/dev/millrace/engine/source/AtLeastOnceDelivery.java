package dev.millrace.engine.source;

import dev.millrace.engine.Count;
import dev.millrace.engine.Counters.Cause;
import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.PartitionKey;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.Signals;
import dev.millrace.engine.WorkCancelled;
import dev.millrace.engine.source.InFlight.Ticket;
import dev.millrace.model.errors.Stage;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.TransactionContext;

/**
 * Records first, their offsets some time after they were acknowledged (compat: semantics §4).
 *
 * <p>Acknowledgements arrive on the producer's I/O thread, commits may be begun by any thread; a
 * lock guards what is in flight. The task's commit() is called on the work's thread.
 */
final class AtLeastOnceDelivery implements Delivery {
  private static final int MAX_IN_FLIGHT = 100_000;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration STALLED = Duration.ofSeconds(2);
  private static final Duration SLICE = Duration.ofMinutes(1);

  private final SourceSetup setup;
  private final Signals signals;
  private final SourceCallbacks callbacks;
  private final RecordErrors errors;
  private final OffsetCommitter committer;
  private final ReentrantLock lock = new ReentrantLock();
  private final InFlight<PartitionKey, Position> inFlight = new InFlight<>(MAX_IN_FLIGHT);
  private final AtomicReference<Exception> produceError = new AtomicReference<>();
  private final Set<String> topicsUsed = ConcurrentHashMap.newKeySet();
  private final Set<String> topicsReported = new HashSet<>();
  private final AtomicReference<Producer<byte[], byte[]>> producer = new AtomicReference<>();
  private int outstanding;
  private long lastAnswerMs;

  AtLeastOnceDelivery(
      SourceSetup setup, Signals signals, SourceCallbacks callbacks, RecordErrors errors) {
    this.setup = setup;
    this.signals = signals;
    this.callbacks = callbacks;
    this.errors = errors;
    this.committer = new OffsetCommitter(setup);
  }

  @Override
  public void open() {
    // the producer is made at the first record
  }

  @Override
  public void upkeep() {
    check();
    for (String topic : topicsUsed) {
      if (topicsReported.add(topic)) {
        setup.environment().listener().topicUsed(topic);
      }
    }
    tick();
    if (committer.takeSuccess()) {
      callbacks.commit();
      callbacks.check();
    }
  }

  @Override
  public void tick() {
    showStall();
    committer.commitIfDue(this::takeCommittable);
  }

  private void showStall() {
    if (stalled()) {
      setup.environment().waitingFor(Cause.KAFKA, "Kafka to acknowledge records");
    } else {
      setup.environment().goesOn(Cause.KAFKA);
    }
  }

  private boolean stalled() {
    lock.lock();
    try {
      long quiet = setup.environment().waits().nowMs() - lastAnswerMs;
      return outstanding > 0 && quiet > STALLED.toMillis();
    } finally {
      lock.unlock();
    }
  }

  private Map<PartitionKey, Position> takeCommittable() {
    lock.lock();
    try {
      return inFlight.takeCommittable();
    } finally {
      lock.unlock();
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the callback tells
  public void send(SourceRecord polled, ProducerRecord<byte[], byte[]> record) {
    awaitRoom();
    check();
    Producer<byte[], byte[]> target = producer();
    Ticket<PartitionKey, Position> ticket = register(polled);
    boolean sent = false;
    try {
      target.send(record, (metadata, error) -> answered(polled, record, ticket, metadata, error));
      sent = true;
    } finally {
      if (!sent) {
        withdraw(ticket);
      }
    }
  }

  private Producer<byte[], byte[]> producer() {
    Producer<byte[], byte[]> present = producer.get();
    if (present == null) {
      present = setup.output().producer().get();
      producer.set(present);
    }
    if (signals.cancelled()) {
      throw new WorkCancelled("sending records of task " + setup.name());
    }
    return present;
  }

  /** Back-pressure: waits for acknowledgements while too much is in flight. */
  private void awaitRoom() {
    while (full() && produceError.get() == null) {
      setup
          .environment()
          .waits()
          .await(() -> !full() || produceError.get() != null || signals.cancelled(), SLICE);
      if (signals.cancelled()) {
        throw new WorkCancelled("waiting for acknowledgements for task " + setup.name());
      }
    }
  }

  private boolean full() {
    lock.lock();
    try {
      return inFlight.full();
    } finally {
      lock.unlock();
    }
  }

  private Ticket<PartitionKey, Position> register(SourceRecord polled) {
    Position position = Position.of(polled);
    lock.lock();
    try {
      if (outstanding++ == 0) {
        lastAnswerMs = setup.environment().waits().nowMs();
      }
      return inFlight.add(position.key(), position);
    } finally {
      lock.unlock();
    }
  }

  private void withdraw(Ticket<PartitionKey, Position> ticket) {
    lock.lock();
    try {
      outstanding--;
      inFlight.withdraw(ticket);
    } finally {
      lock.unlock();
    }
  }

  /** On the producer's I/O thread. */
  private void answered(
      SourceRecord polled,
      ProducerRecord<byte[], byte[]> record,
      Ticket<PartitionKey, Position> ticket,
      RecordMetadata metadata,
      Exception error) {
    boolean done = error == null ? written(polled, record, metadata) : skipped(polled, error);
    long now = setup.environment().waits().nowMs();
    lock.lock();
    try {
      lastAnswerMs = now;
      outstanding--;
      if (done) {
        inFlight.acked(ticket);
      }
    } finally {
      lock.unlock();
    }
    setup.environment().counters().add(Count.SOURCE_ACTIVE, -1);
    setup.environment().waits().wake();
  }

  private boolean written(
      SourceRecord polled, ProducerRecord<byte[], byte[]> record, RecordMetadata metadata) {
    setup.environment().counters().add(Count.SOURCE_WRITTEN);
    topicsUsed.add(record.topic());
    callbacks.commitRecord(polled, metadata);
    return true;
  }

  /** Whether the record that could not be written is done with all the same (KIP-779). */
  private boolean skipped(SourceRecord polled, Exception error) {
    if (signals.cancelled() || !errors.tolerant()) {
      produceError.compareAndSet(null, error);
      return false;
    }
    errors.countFailure();
    errors.giveUp(
        new ErrorReport(
            setup.name(),
            Stage.KAFKA_PRODUCE,
            Producer.class,
            error,
            new ErrorReport.Polled(polled)));
    callbacks.commitRecord(polled, null);
    return true;
  }

  private void check() {
    callbacks.check();
    Exception error = produceError.get();
    if (error != null) {
      throw new ConnectException("Unrecoverable exception from producer send callback", error);
    }
  }

  @Override
  public void dropped(SourceRecord polled) {
    callbacks.commitRecord(polled, null);
    setup.environment().counters().add(Count.SOURCE_ACTIVE, -1);
    callbacks.check();
  }

  @Override
  public void batchDone() {
    batchOver(Set.of());
  }

  private void batchOver(Set<Position> unsent) {
    lock.lock();
    try {
      inFlight.batchOver(unsent);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void pausing() {
    // commits go on while paused
  }

  @Override
  public Duration restFor() {
    return committer.untilDue();
  }

  @Override
  public void finish(boolean failed, Collection<SourceRecord> unsent) {
    batchOver(unsent.stream().map(Position::of).collect(Collectors.toSet()));
    long end = setup.environment().waits().nowMs() + setup.commits().timeout().toMillis();
    setup
        .environment()
        .waits()
        .await(() -> outstanding() == 0 || signals.cancelled(), setup.commits().timeout());
    if (!signals.cancelled()) {
      committer.commitLast(this::takeCommittable, signals, end);
    }
    if (committer.takeSuccess() && !signals.cancelled()) {
      callbacks.commit();
    }
  }

  private int outstanding() {
    lock.lock();
    try {
      return outstanding;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    committer.close();
    Producer<byte[], byte[]> present = producer.get();
    if (present != null) {
      present.close(signals.cancelled() ? Duration.ZERO : CLOSE_TIMEOUT);
    }
  }

  @Override
  public void abandon() {
    committer.close();
    Producer<byte[], byte[]> present = producer.get();
    if (present != null) {
      present.close(Duration.ZERO);
    }
  }

  @Override
  public TransactionContext transactionContext() {
    return null;
  }
}
