package dev.millrace.engine.sink;

import dev.millrace.engine.Count;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.Sample;
import dev.millrace.engine.sink.Conversion.Converted;
import dev.millrace.engine.sink.Conversion.GivenUp;
import dev.millrace.engine.sink.Conversion.Part;
import dev.millrace.model.errors.Stage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what was converted into the task (compat: semantics §6). Owned by the work's thread. */
final class SinkDelivery {
  private static final Logger LOG = LoggerFactory.getLogger(SinkDelivery.class);

  /** How many batches it takes, about, to forget how long the ones before took. */
  private static final int SMOOTHING = 8;

  /** A single batch may count as so much, or as twice the average: its thread may have waited. */
  private static final long ONE_BATCH_NANOS = 1_000_000;

  private final SinkSetup setup;
  private final Environment environment;
  private final Engaged engaged;
  private final Pauses pauses;
  private final Batch batch;
  private final ErrantRecords errants;
  private final Conversion conversion;
  private long convertingNanos;
  private long latelyNanos;
  private long bytes;

  /** Of the present batch. */
  private final Set<String> topicsUsed = new HashSet<>();

  SinkDelivery(
      SinkSetup setup,
      Engaged engaged,
      Pauses pauses,
      Batch batch,
      ErrantRecords errants,
      Conversion conversion) {
    this.setup = setup;
    this.environment = setup.environment();
    this.engaged = engaged;
    this.pauses = pauses;
    this.batch = batch;
    this.errants = errants;
    this.conversion = conversion;
  }

  /** Adds what was polled to the batch; throws what fails the task. */
  void convert(ConsumerRecords<byte[], byte[]> polled) throws Exception {
    if (!polled.isEmpty()) {
      engaged.keeper().away("converting", () -> accept(conversion.convert(polled, () -> false)));
    }
  }

  /** Adds the batch ahead to the batch, once it is converted; throws what fails the task. */
  void take(Ahead ahead) throws Exception {
    engaged.keeper().away("converting", () -> accept(ahead.take()));
  }

  private void accept(Converted converted) throws Exception {
    topicsUsed.clear();
    convertingNanos = converted.nanos();
    int count = 0;
    bytes = 0;
    for (Part part : converted.parts()) {
      count += part.records().size();
      bytes += part.bytes();
    }
    environment.counters().add(Count.SINK_READ, count);
    environment.counters().sample(Sample.BATCH_RECORDS, count);
    for (Part part : converted.parts()) {
      accept(part);
    }
  }

  private void accept(Part part) throws Exception {
    TopicPartition origin = part.origin();
    if (used(part)) {
      used(origin.topic());
    }
    batch.add(origin, part.passed());
    if (part.filtered() > 0) {
      environment.counters().add(Count.FILTERED, part.filtered());
    }
    for (GivenUp each : part.failed()) {
      var unused = errants.giveUp(each.failed(), each.record());
    }
    if (part.error() != null) {
      rethrow(part.error());
    }
    ConsumerRecord<byte[], byte[]> last = part.records().getLast();
    engaged
        .progress()
        .read(origin, new OffsetAndMetadata(last.offset() + 1, last.leaderEpoch(), ""));
  }

  /** Whether a record could be converted, whatever became of it then. */
  private static boolean used(Part part) {
    return !part.passed().isEmpty()
        || part.filtered() > 0
        || part.failed().stream().anyMatch(each -> each.failed().stage() == Stage.TRANSFORMATION);
  }

  private static void rethrow(Throwable error) throws Exception {
    if (error instanceof Error fatal) {
      throw fatal;
    }
    throw (Exception) error;
  }

  private void used(String topic) {
    if (topicsUsed.add(topic)) {
      environment.listener().topicUsed(topic);
    }
  }

  /** Hands the batch to the task; keeps it when the task asks for that. */
  void put() throws Exception {
    environment.counters().set(Count.CALL_BEGAN_AT, environment.waits().nowMs());
    try {
      engaged.keeper().away("put", this::attempt);
    } finally {
      environment.counters().set(Count.CALL_BEGAN_AT, 0);
    }
  }

  private void attempt() {
    List<SinkRecord> records = batch.records();
    int size = records.size();
    long began = environment.waits().nowNanos();
    try {
      engaged.task().put(records);
    } catch (RetriableException e) {
      again(e);
      return;
    } catch (Exception e) {
      if (!bisected(e)) {
        return;
      }
    }
    done(size, environment.waits().nowNanos() - began);
  }

  private void again(RetriableException reason) {
    environment.counters().add(Count.PUT_RETRIES);
    if (environment.waitingFor(Counters.Cause.PLUGIN, "the sink: " + reason.getMessage())) {
      LOG.warn(
          "{} waits for the sink, which failed for the moment: {}",
          setup.name(),
          environment.trace(reason));
    }
    pauses.retrying(true);
  }

  /** Whether all was put or given up; otherwise the rest of the batch is to be put again. */
  private boolean bisected(Exception failure) {
    if (!setup.input().bisect() || batch.isEmpty()) {
      throw unrecoverable(failure);
    }
    Bisection bisection = new Bisection(engaged.task(), errants, batch.held(), failure);
    try {
      bisection.run();
      return true;
    } catch (RetriableException e) {
      batch.keep(bisection.rest());
      again(e);
      return false;
    } catch (Exception e) {
      throw unrecoverable(e);
    }
  }

  private static ConnectException unrecoverable(Exception e) {
    return new ConnectException("Exiting WorkerSinkTask due to unrecoverable exception.", e);
  }

  private void done(int size, long tookNanos) {
    engaged.progress().put();
    if (size > 0) {
      long most = Math.max(ONE_BATCH_NANOS, 2 * latelyNanos);
      latelyNanos += (Math.min(most, convertingNanos + tookNanos) - latelyNanos) / SMOOTHING;
    }
    forgetBatch();
    Counters counters = environment.counters();
    counters.add(Count.SINK_SENT, size);
    counters.sample(Sample.PUT_MS, TimeUnit.NANOSECONDS.toMillis(tookNanos));
    engaged.progress().publish(counters);
  }

  /** How long conversion and put of a batch have taken lately. */
  long latelyNanos() {
    return latelyNanos;
  }

  /** How many bytes the records of the last batch had. */
  long bytes() {
    return bytes;
  }

  /** What is held is put, or will be read again. */
  void forgetBatch() {
    batch.clear();
    if (pauses.retrying()) {
      environment.goesOn(Counters.Cause.PLUGIN);
      LOG.info("{} waits no more and goes on", setup.name());
      pauses.retrying(false);
    }
  }
}
