package dev.millrace.engine.sink;

import dev.millrace.engine.Count;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.Outcome;
import dev.millrace.engine.Sample;
import dev.millrace.model.errors.Stage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what was polled through the pipeline and into the task (compat: semantics §6). Owned by the
 * work's thread.
 */
final class SinkDelivery {
  private static final Logger LOG = LoggerFactory.getLogger(SinkDelivery.class);

  private final SinkSetup setup;
  private final Environment environment;
  private final Engaged engaged;
  private final Pauses pauses;
  private final Batch batch;
  private final ErrantRecords errants;

  /** Of the present poll. */
  private final Set<String> topicsUsed = new HashSet<>();

  SinkDelivery(
      SinkSetup setup, Engaged engaged, Pauses pauses, Batch batch, ErrantRecords errants) {
    this.setup = setup;
    this.environment = setup.environment();
    this.engaged = engaged;
    this.pauses = pauses;
    this.batch = batch;
    this.errants = errants;
  }

  /** Adds what was polled to the batch; throws what fails the task. */
  void convert(ConsumerRecords<byte[], byte[]> polled) throws Exception {
    if (polled.isEmpty()) {
      return;
    }
    topicsUsed.clear();
    Counters counters = environment.counters();
    counters.add(Count.SINK_READ, polled.count());
    counters.sample(Sample.BATCH_RECORDS, polled.count());
    engaged
        .keeper()
        .away(
            "converting",
            () -> polled.partitions().forEach(origin -> convert(origin, polled.records(origin))));
  }

  private void convert(TopicPartition origin, List<ConsumerRecord<byte[], byte[]>> records) {
    boolean used = false;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Outcome<SinkRecord> outcome = errants.convert(record);
      if (!used && converted(outcome)) {
        used = true;
        used(origin.topic());
      }
      add(origin, record, outcome);
    }
    ConsumerRecord<byte[], byte[]> last = records.getLast();
    engaged
        .progress()
        .read(origin, new OffsetAndMetadata(last.offset() + 1, last.leaderEpoch(), ""));
  }

  private void used(String topic) {
    if (topicsUsed.add(topic)) {
      environment.listener().topicUsed(topic);
    }
  }

  private void add(
      TopicPartition origin, ConsumerRecord<byte[], byte[]> record, Outcome<SinkRecord> outcome) {
    switch (outcome) {
      case Outcome.Passed<SinkRecord> passed -> batch.add(origin, passed.value());
      case Outcome.Filtered<SinkRecord> filtered -> environment.counters().add(Count.FILTERED);
      case Outcome.Failed<SinkRecord> failed -> {
        var unused = errants.giveUp(failed, record);
      }
    }
  }

  private static boolean converted(Outcome<SinkRecord> outcome) {
    return !(outcome instanceof Outcome.Failed<SinkRecord> failed)
        || failed.stage() == Stage.TRANSFORMATION;
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
    long began = environment.waits().nowMs();
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
    done(size, environment.waits().nowMs() - began);
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

  private void done(int size, long tookMs) {
    engaged.progress().put();
    forgetBatch();
    Counters counters = environment.counters();
    counters.add(Count.SINK_SENT, size);
    counters.sample(Sample.PUT_MS, tookMs);
    engaged.progress().publish(counters);
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
