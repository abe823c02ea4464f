package dev.millrace.engine.sink;

import dev.millrace.engine.Attempts;
import dev.millrace.engine.Outcome;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.SinkPipeline;
import dev.millrace.engine.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Takes consumed records through a sink's pipeline (compat: semantics §6, §7), and makes bytes of
 * records that the task reports without having consumed them. One thread at a time is inside the
 * pipeline: whoever converts a batch lets others in between two records. Thread-safe.
 */
final class Conversion implements AutoCloseable {
  private final RecordPipeline<SinkRecord> pipeline;
  private final RecordErrors errors;
  private final Waits waits;
  private final ReentrantLock turn = new ReentrantLock(true);

  Conversion(RecordPipeline<SinkRecord> pipeline, RecordErrors errors, Waits waits) {
    this.pipeline = pipeline;
    this.errors = errors;
    this.waits = waits;
  }

  /**
   * Records of one partition, in order, and what became of the first ones: of all, unless one
   * failed that fails the task, or an error ended the conversion.
   *
   * @param error what the pipeline threw beyond what is a record's failure; null when nothing
   */
  record Part(
      TopicPartition origin,
      List<ConsumerRecord<byte[], byte[]>> records,
      List<Outcome<SinkRecord>> outcomes,
      Throwable error) {}

  /**
   * What became of a batch.
   *
   * @param nanos how long that took
   */
  record Converted(List<Part> parts, long nanos) {}

  /**
   * Converts what was polled; throws nothing. A failure of a record in one partition does not keep
   * the others from being converted: they may be wanted when that one is not any more.
   *
   * @param unwanted when it says so, the rest need not be converted; from any thread
   */
  Converted convert(ConsumerRecords<byte[], byte[]> polled, BooleanSupplier unwanted) {
    long began = waits.nowNanos();
    Attempts attempts = errors.until(unwanted);
    List<Part> parts = new ArrayList<>();
    turn.lock();
    try {
      for (TopicPartition origin : polled.partitions()) {
        parts.add(convert(origin, polled.records(origin), attempts, unwanted));
      }
    } finally {
      turn.unlock();
    }
    return new Converted(parts, waits.nowNanos() - began);
  }

  @SuppressWarnings("CatchingUnchecked") // plugin code may throw anything, also sneakily
  private Part convert(
      TopicPartition origin,
      List<ConsumerRecord<byte[], byte[]>> records,
      Attempts attempts,
      BooleanSupplier unwanted) {
    List<Outcome<SinkRecord>> outcomes = new ArrayList<>(records.size());
    try {
      for (int i = 0; i < records.size() && !unwanted.getAsBoolean(); i++) {
        Outcome<SinkRecord> outcome = SinkPipeline.apply(pipeline, records.get(i), attempts);
        outcomes.add(outcome);
        if (outcome instanceof Outcome.Failed<SinkRecord> && !errors.tolerant()) {
          break;
        }
        letOthersIn();
      }
      return new Part(origin, records, outcomes, null);
    } catch (Throwable e) {
      return new Part(origin, records, outcomes, e);
    }
  }

  private void letOthersIn() {
    if (turn.hasQueuedThreads()) {
      turn.unlock();
      turn.lock();
    }
  }

  /** The bytes of a record that did not come from Kafka; throws ConnectException when it fails. */
  ConsumerRecord<byte[], byte[]> serialize(SinkRecord record) {
    turn.lock();
    try {
      return SinkPipeline.serialize(pipeline, record);
    } finally {
      turn.unlock();
    }
  }

  /** Closes the plugins, once nobody is inside them. */
  @Override
  public void close() throws Exception {
    turn.lock();
    try {
      pipeline.close();
    } finally {
      turn.unlock();
    }
  }
}
