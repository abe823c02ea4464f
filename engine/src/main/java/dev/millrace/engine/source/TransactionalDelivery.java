package dev.millrace.engine.source;

import dev.millrace.engine.Count;
import dev.millrace.engine.Counters.Cause;
import dev.millrace.engine.Environment;
import dev.millrace.engine.PartitionKey;
import dev.millrace.engine.Sample;
import dev.millrace.engine.Signals;
import dev.millrace.engine.WorkCancelled;
import dev.millrace.engine.source.TransactionRequests.Request;
import dev.millrace.model.offsets.OffsetEntry;
import dev.millrace.model.offsets.OffsetStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.TransactionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records and their offsets in one Kafka transaction (KIP-618; compat: semantics §5). Owned by the
 * work's thread; {@link #abandon} may come from any. The task hears of its records only after their
 * transaction has been committed.
 */
final class TransactionalDelivery implements Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionalDelivery.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration RETRY_DELAY = Duration.ofMillis(500);
  private static final Duration STALLED = Duration.ofSeconds(2);
  private static final long IDLE = Long.MIN_VALUE;
  private static final Duration REST = Duration.ofMinutes(1);

  private final SourceSetup setup;
  private final Environment environment;
  private final Signals signals;
  private final SourceCallbacks callbacks;
  private final TransactionRequests requests = new TransactionRequests();
  private final AtomicReference<Producer<byte[], byte[]>> producer = new AtomicReference<>();
  private final Map<PartitionKey, Position> offsets = new LinkedHashMap<>();
  private final List<Done> done = new ArrayList<>();
  private final List<CompletableFuture<Void>> reports = new ArrayList<>();

  /** The open transaction, or the last one. */
  private Transaction transaction = new Transaction();

  /** Of the record before. */
  private PartitionKey latest = PartitionKey.of(null);

  private boolean open;
  private long lastCommitMs;
  private volatile long sendingSinceMs = IDLE;

  TransactionalDelivery(SourceSetup setup, Signals signals, SourceCallbacks callbacks) {
    this.setup = setup;
    this.environment = setup.environment();
    this.signals = signals;
    this.callbacks = callbacks;
  }

  /** A record of the open transaction; the answer is null when it is not written by it. */
  private record Done(SourceRecord polled, String topic, Future<RecordMetadata> answer) {
    static Done unwritten(SourceRecord polled) {
      return new Done(polled, "", null);
    }
  }

  /** One transaction's own answers: those of an aborted one are nobody's business. */
  private static final class Transaction {
    private final AtomicReference<Exception> error = new AtomicReference<>();
    private int records;
  }

  @Override
  public void open() {
    Producer<byte[], byte[]> made = setup.output().producer().get();
    producer.set(made);
    repeated("Kafka to begin the transactions", made::initTransactions, signals::stopWanted);
    setup.output().fenced().run();
    lastCommitMs = environment.waits().nowMs();
  }

  /** Repeats a call while brokers cannot be reached, until it is given up. */
  private void repeated(String what, Runnable call, BooleanSupplier givenUp) {
    while (true) {
      if (givenUp.getAsBoolean()) {
        throw new WorkCancelled("waiting for " + what + " for task " + setup.name());
      }
      environment.waitingFor(Cause.KAFKA, what);
      try {
        call.run();
        environment.goesOn(Cause.KAFKA);
        return;
      } catch (TimeoutException e) {
        environment.waitingFor(Cause.KAFKA, what + ": " + e.getMessage());
        LOG.warn("{} waits for {}: {}", setup.name(), what, e.getMessage());
        environment.waits().await(givenUp, RETRY_DELAY);
      }
    }
  }

  @Override
  public void upkeep() {
    check();
  }

  private void check() {
    callbacks.check();
    Exception error = transaction.error.get();
    if (error != null) {
      throw failure(error);
    }
  }

  /** Offsets travel with the records; but a record that Kafka does not take is to be seen. */
  @Override
  public void tick() {
    long since = sendingSinceMs;
    if (since != IDLE && environment.waits().nowMs() - since > STALLED.toMillis()) {
      environment.waitingFor(Cause.KAFKA, "Kafka to take a record");
    }
  }

  @Override
  public void send(SourceRecord polled, ProducerRecord<byte[], byte[]> record) {
    check();
    refuseOffsetTopic(record);
    if (signals.cancelled()) {
      throw new WorkCancelled("sending records of task " + setup.name());
    }
    beginIfNeeded();
    Future<RecordMetadata> answer = handOver(record);
    Position position = Position.of(polled);
    latest = position.key(latest);
    offsets.put(latest, position);
    done.add(new Done(polled, record.topic(), answer));
    transaction.records++;
    afterRecord(polled);
  }

  private Future<RecordMetadata> handOver(ProducerRecord<byte[], byte[]> record) {
    Transaction own = transaction;
    sendingSinceMs = environment.waits().nowMs();
    try {
      return producer.get().send(record, (metadata, error) -> answered(own, error));
    } catch (RetriableException e) {
      throw e;
    } catch (KafkaException e) {
      throw failure(e);
    } finally {
      sendingSinceMs = IDLE;
    }
  }

  private void refuseOffsetTopic(ProducerRecord<byte[], byte[]> record) {
    String offsetTopic = setup.output().offsets().topic();
    if (record.topic().equals(offsetTopic)) {
      throw new ConnectException(
          "Task "
              + setup.name()
              + " may not write to '"
              + offsetTopic
              + "', which keeps its own offsets; choose another topic for its records");
    }
  }

  private void beginIfNeeded() {
    if (!open) {
      begin();
      transaction = new Transaction();
      open = true;
    }
  }

  private void begin() {
    try {
      producer.get().beginTransaction();
    } catch (KafkaException e) {
      throw failure(e);
    }
  }

  /** On the producer's I/O thread. */
  private void answered(Transaction own, Exception error) {
    if (error != null) {
      own.error.compareAndSet(null, error);
    } else {
      environment.counters().add(Count.SOURCE_WRITTEN);
    }
  }

  @Override
  public void filtered(SourceRecord polled) {
    done.add(Done.unwritten(polled));
    afterRecord(polled);
  }

  @Override
  public void skipped(SourceRecord polled, CompletionStage<Void> reported) {
    reports.add(reported.toCompletableFuture());
    filtered(polled);
  }

  private void afterRecord(SourceRecord polled) {
    if (setup.output().boundary() instanceof TransactionBoundary.Connector) {
      perform(requests.takeFor(polled));
    }
  }

  @Override
  public void batchDone() {
    switch (setup.output().boundary()) {
      case TransactionBoundary.Poll poll -> commit();
      case TransactionBoundary.Interval interval -> {
        if (environment.waits().nowMs() - lastCommitMs >= interval.length().toMillis()) {
          commit();
        }
      }
      case TransactionBoundary.Connector connector -> perform(requests.takeForBatch());
    }
  }

  private void perform(Request request) {
    switch (request) {
      case NOTHING -> {}
      case COMMIT -> commit();
      case ABORT -> abort();
    }
  }

  /**
   * The commit of a transaction tells the task that all it has polled is there, and a task defines
   * boundaries in the poll they are for.
   */
  @Override
  public boolean mayOverlap() {
    return false;
  }

  @Override
  public void pausing() {
    commitAtRest();
  }

  private void commitAtRest() {
    if (setup.output().boundary() instanceof TransactionBoundary.Connector) {
      perform(requests.takeForBatch());
    } else {
      commit();
    }
  }

  @Override
  public Duration restFor() {
    return REST;
  }

  /** Commits what is open, then tells the task; only the latter when nothing is open. */
  private void commit() {
    check();
    long began = environment.waits().nowMs();
    awaitReports();
    if (open) {
      commitOpen();
      environment.counters().add(Count.COMMITS);
      environment.counters().sample(Sample.TRANSACTION_RECORDS, transaction.records);
      environment.counters().sample(Sample.COMMIT_MS, environment.waits().nowMs() - began);
    }
    lastCommitMs = environment.waits().nowMs();
    tellTask();
  }

  /** What was left out after an error is safe elsewhere before any offset beyond it is visible. */
  private void awaitReports() {
    if (reports.isEmpty()) {
      return;
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(reports.toArray(new CompletableFuture<?>[0]));
    awaitDone("the dead letter queue to take failed records", all);
    if (all.isCompletedExceptionally()) {
      throw Delivery.unreported(all.exceptionNow());
    }
    reports.clear();
  }

  private void awaitDone(String what, CompletableFuture<Void> answer) {
    var unused = answer.whenComplete((done, error) -> environment.waits().wake());
    environment.waitingFor(Cause.KAFKA, what);
    while (!answer.isDone() && !signals.cancelled()) {
      environment.waits().await(() -> answer.isDone() || signals.cancelled(), REST);
    }
    environment.goesOn(Cause.KAFKA);
    if (!answer.isDone()) {
      throw new WorkCancelled("waiting for " + what + " for task " + setup.name());
    }
  }

  private void commitOpen() {
    environment.counters().add(Count.COMMIT_SEQUENCE);
    Map<Map<String, ?>, Map<String, ?>> committing = new HashMap<>();
    offsets.values().forEach(p -> committing.put(p.partition(), p.offset()));
    try {
      awaitOffsetStore(committing);
      sendOffsets();
      repeated(
          "Kafka to commit a transaction", producer.get()::commitTransaction, signals::cancelled);
      open = false;
      setup.output().offsets().committed(setup.name().connector(), committing);
    } catch (WorkCancelled e) {
      throw e;
    } catch (KafkaException | IllegalArgumentException | IllegalStateException e) {
      environment.counters().add(Count.COMMIT_FAILURES);
      throw failure(e);
    }
    check();
  }

  private void awaitOffsetStore(Map<Map<String, ?>, Map<String, ?>> committing) {
    CompletableFuture<Void> answer =
        setup
            .output()
            .offsets()
            .committing(setup.name().connector(), committing)
            .toCompletableFuture();
    awaitDone("the offset store to prepare the commit", answer);
    if (answer.isCompletedExceptionally()) {
      throw new KafkaException(
          "The offset store could not prepare the commit", answer.exceptionNow());
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback tells
  private void sendOffsets() {
    OffsetStore store = setup.output().offsets();
    Transaction own = transaction;
    for (Position position : offsets.values()) {
      OffsetEntry entry =
          store.encode(setup.name().connector(), position.partition(), position.offset());
      producer
          .get()
          .send(
              new ProducerRecord<>(store.topic(), entry.key(), entry.value()),
              (metadata, error) -> {
                if (error != null) {
                  own.error.compareAndSet(null, error);
                }
              });
    }
  }

  private void tellTask() {
    offsets.clear();
    List<Done> told = List.copyOf(done);
    done.clear();
    Set<String> topics = told.stream().map(Done::topic).collect(Collectors.toSet());
    topics.stream().filter(topic -> !topic.isEmpty()).forEach(environment.listener()::topicUsed);
    for (Done each : told) {
      environment.counters().add(Count.SOURCE_ACTIVE, -1);
      callbacks.commitRecord(each.polled(), metadata(each));
    }
    callbacks.commit();
    callbacks.check();
  }

  /** After a commit every answer is there; an aborted record has none. */
  private static RecordMetadata metadata(Done each) {
    return each.answer() != null && each.answer().state() == Future.State.SUCCESS
        ? each.answer().resultNow()
        : null;
  }

  /** Takes back the records of the open transaction, but keeps their offsets (KIP-618). */
  private void abort() {
    if (open) {
      abortOpen();
      beginIfNeeded();
    } else {
      LOG.warn("{} asked to abort a transaction, but none is open; ignored", setup.name());
    }
    commit();
  }

  private void abortOpen() {
    try {
      repeated(
          "Kafka to abort a transaction", producer.get()::abortTransaction, signals::cancelled);
    } catch (WorkCancelled e) {
      throw e;
    } catch (KafkaException | IllegalStateException e) {
      throw failure(e);
    }
    open = false;
    done.replaceAll(each -> Done.unwritten(each.polled()));
  }

  @Override
  public void finish(boolean failed, Collection<SourceRecord> unsent) {
    if (!failed && unsent.isEmpty()) {
      commitAtRest();
    }
  }

  @Override
  public void close() {
    Producer<byte[], byte[]> present = producer.get();
    if (present == null) {
      return;
    }
    // given time, Kafka's producer aborts the open transaction; abortTransaction could wait for
    // ever
    present.close(signals.cancelled() ? Duration.ZERO : CLOSE_TIMEOUT);
  }

  @Override
  public void abandon() {
    Producer<byte[], byte[]> present = producer.get();
    if (present != null) {
      present.close(Duration.ZERO);
    }
  }

  @Override
  public TransactionContext transactionContext() {
    return setup.output().boundary() instanceof TransactionBoundary.Connector ? requests : null;
  }

  private ConnectException failure(Exception error) {
    Exception first = transaction.error.get();
    Throwable cause = first == null ? error : first;
    String base = "Failed to flush offsets and/or records for task " + setup.name();
    return new ConnectException(base + explanation(cause), cause);
  }

  private static String explanation(Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof ProducerFencedException
          || each instanceof InvalidProducerEpochException
          || each instanceof InvalidPidMappingException
          || each instanceof InvalidTxnStateException) {
        return ". Either another instance of this task has taken its place, or its transaction took"
            + " longer than the producer's transaction.timeout.ms and has expired, perhaps while"
            + " Kafka was away. Nothing of it is visible; a restart begins it again, by itself with"
            + " restart.policy=backoff. If it happens again, raise"
            + " 'producer.override.transaction.timeout.ms', or make the transactions smaller (fewer"
            + " records per poll, or a shorter transaction.boundary.interval.ms).";
      }
    }
    return ": " + cause;
  }
}
