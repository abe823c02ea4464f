package dev.millrace.engine.source;

import dev.millrace.engine.Count;
import dev.millrace.engine.Counters.Cause;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.OnDemandProducer;
import dev.millrace.engine.PartitionKey;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.Signals;
import dev.millrace.engine.WorkCancelled;
import dev.millrace.engine.source.InFlight.Ticket;
import dev.millrace.model.errors.Stage;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
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
 * <p>Acknowledgements arrive on the producer's I/O thread, those of dead letters on another one;
 * commits may be begun by any thread.
 */
final class AtLeastOnceDelivery implements Delivery {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration STALLED = Duration.ofSeconds(2);

  private final SourceSetup setup;
  private final Environment environment;
  private final Signals signals;
  private final SourceCallbacks callbacks;
  private final RecordErrors errors;
  private final OnDemandProducer producer;
  private final Outstanding outstanding;
  private final CommitCalls commitCalls;
  private final OffsetCommitter committer;
  private final AtomicReference<ConnectException> failure = new AtomicReference<>();

  /** Topics records were written to since they were last reported. */
  private final Set<String> topics = ConcurrentHashMap.newKeySet();

  /** One that was added to them after they were last reported, or empty. */
  private volatile String latestTopic = "";

  /** Whether the producer is closed or about to be: what it fails then, Kafka has not refused. */
  private volatile boolean closing;

  AtLeastOnceDelivery(
      SourceSetup setup, Signals signals, SourceCallbacks callbacks, RecordErrors errors) {
    this.setup = setup;
    this.environment = setup.environment();
    this.signals = signals;
    this.callbacks = callbacks;
    this.errors = errors;
    this.producer = new OnDemandProducer(setup.output().producer(), environment);
    this.outstanding = new Outstanding(environment.waits(), setup.output().batchBytes());
    this.commitCalls = new CommitCalls(callbacks, setup.upkeep().aside(), environment.waits());
    this.committer = new OffsetCommitter(setup, commitCalls::succeeded);
  }

  private void reportTopics() {
    topics.removeIf(
        topic -> {
          environment.listener().topicUsed(topic);
          return true;
        });
    latestTopic = "";
  }

  private void used(String topic) {
    if (!topic.equals(latestTopic)) {
      topics.add(topic);
      latestTopic = topic;
    }
  }

  @Override
  public void open() {
    // the producer is made at the first record
  }

  @Override
  public void upkeep() {
    check();
    reportTopics();
    tick();
  }

  @Override
  public void tick() {
    showStall();
    committer.commitIfDue(outstanding::takeCommittable);
    producer.releaseIfIdle(setup.upkeep());
  }

  private void showStall() {
    if (outstanding.stalled(STALLED)) {
      environment.waitingFor(Cause.KAFKA, "Kafka to acknowledge records");
    } else {
      environment.goesOn(Cause.KAFKA);
    }
  }

  @Override
  public void send(SourceRecord polled, ProducerRecord<byte[], byte[]> record) {
    check();
    Ticket<PartitionKey, Position> ticket =
        registered(() -> outstanding.register(polled, bytes(record)));
    boolean sent = false;
    try {
      // only a report needs the bytes; to hold them until the answer would cost much memory
      ProducerRecord<byte[], byte[]> reported = errors.tolerant() ? record : null;
      producer.send(
          record, (metadata, error) -> answered(polled, reported, ticket, metadata, error));
      sent = true;
    } finally {
      if (!sent) {
        outstanding.withdraw(ticket);
      }
    }
  }

  private static int bytes(ProducerRecord<byte[], byte[]> record) {
    return length(record.key()) + length(record.value());
  }

  private static int length(byte[] part) {
    return part == null ? 0 : part.length;
  }

  /** Back-pressure: waits for acknowledgements while too much is in flight. */
  private Ticket<PartitionKey, Position> registered(
      Supplier<Ticket<PartitionKey, Position>> registration) {
    Ticket<PartitionKey, Position> ticket = registration.get();
    while (ticket == null) {
      outstanding.awaitRoom(() -> failure.get() != null || signals.cancelled());
      check();
      if (signals.cancelled()) {
        throw new WorkCancelled("waiting for acknowledgements for task " + setup.name());
      }
      ticket = registration.get();
    }
    return ticket;
  }

  /** On the producer's I/O thread, which must survive whatever a plugin does; or inside send. */
  @SuppressWarnings("CatchingUnchecked") // a plugin's classes may throw anything, also sneakily
  private void answered(
      SourceRecord polled,
      ProducerRecord<byte[], byte[]> record,
      Ticket<PartitionKey, Position> ticket,
      RecordMetadata metadata,
      Exception error) {
    try {
      handle(polled, record, ticket, metadata, error);
    } catch (Throwable e) {
      failed(new ConnectException("Kafka's answer to a record could not be handled: " + e, e));
    }
  }

  private void handle(
      SourceRecord polled,
      ProducerRecord<byte[], byte[]> record,
      Ticket<PartitionKey, Position> ticket,
      RecordMetadata metadata,
      Exception error) {
    if (error == null) {
      environment.counters().add(Count.SOURCE_WRITTEN);
      used(metadata.topic());
      outstanding.written(metadata.topic(), metadata.partition());
      done(polled, ticket, metadata);
    } else if (closing || signals.cancelled() || !errors.tolerant()) {
      failed(new ConnectException("Unrecoverable exception from producer send callback", error));
    } else {
      whenReported(polled, ticket, reported(polled, record, error));
    }
  }

  /** The record that could not be written is done with all the same (KIP-779). */
  private CompletionStage<Void> reported(
      SourceRecord polled, ProducerRecord<byte[], byte[]> record, Exception error) {
    errors.countFailure();
    return errors.giveUp(
        new ErrorReport(
            setup.name(),
            Stage.KAFKA_PRODUCE,
            Producer.class,
            error,
            new ErrorReport.Unwritten(polled, record)));
  }

  private void whenReported(
      SourceRecord polled, Ticket<PartitionKey, Position> ticket, CompletionStage<Void> reported) {
    var unused =
        reported.whenComplete(
            (safe, error) -> {
              if (error == null) {
                done(polled, ticket, null);
              } else {
                failed(Delivery.unreported(error));
              }
            });
  }

  private void done(
      SourceRecord polled, Ticket<PartitionKey, Position> ticket, RecordMetadata metadata) {
    callbacks.commitRecord(polled, metadata);
    environment.counters().add(Count.SOURCE_ACTIVE, -1);
    if (outstanding.done(ticket)) {
      environment.waits().wake();
    }
  }

  private void failed(ConnectException error) {
    failure.compareAndSet(null, error);
    outstanding.failed();
    environment.counters().add(Count.SOURCE_ACTIVE, -1);
    environment.waits().wake();
  }

  private void check() {
    callbacks.check();
    ConnectException error = failure.get();
    if (error != null) {
      throw error;
    }
  }

  @Override
  public void filtered(SourceRecord polled) {
    callbacks.commitRecord(polled, null);
    environment.counters().add(Count.SOURCE_ACTIVE, -1);
    callbacks.check();
  }

  @Override
  public void skipped(SourceRecord polled, CompletionStage<Void> reported) {
    check();
    whenReported(polled, registered(() -> outstanding.hold(polled)), reported);
    check();
  }

  @Override
  public void batchDone() {
    outstanding.batchOver(Set.of());
  }

  /** All that upkeep touches is for any thread. */
  @Override
  public boolean mayOverlap() {
    return true;
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
    outstanding.batchOver(unsent.stream().map(Position::of).collect(Collectors.toSet()));
    Duration timeout = setup.upkeep().commits().timeout();
    long end = environment.waits().nowMs() + timeout.toMillis();
    outstanding.awaitLast(signals::cancelled, timeout);
    reportTopics();
    long left = Math.max(0, end - environment.waits().nowMs());
    boolean quiet = commitCalls.close(Duration.ofMillis(left));
    if (!signals.cancelled()
        && committer.commitLast(outstanding::takeCommittable, signals, end)
        && quiet
        && !signals.cancelled()) {
      callbacks.commit();
    }
    check(); // nobody looks again
  }

  @Override
  public void close() {
    closing = true;
    committer.close();
    producer.close(signals.cancelled() ? Duration.ZERO : CLOSE_TIMEOUT);
  }

  @Override
  public void abandon() {
    closing = true;
    committer.close();
    producer.close(Duration.ZERO);
  }

  @Override
  public TransactionContext transactionContext() {
    return null;
  }
}
