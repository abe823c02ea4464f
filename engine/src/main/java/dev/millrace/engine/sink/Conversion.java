package dev.millrace.engine.sink;

import dev.millrace.engine.Attempts;
import dev.millrace.engine.Closer;
import dev.millrace.engine.Helper;
import dev.millrace.engine.Lanes;
import dev.millrace.engine.Loaders;
import dev.millrace.engine.Outcome;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.SinkPipeline;
import dev.millrace.engine.Waits;
import dev.millrace.engine.WorkCancelled;
import java.util.ArrayList;
import java.util.Iterator;
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
 * pipeline, or, with several lanes, has all of them (decision 0116): whoever converts a batch lets
 * others in between two records. Thread-safe.
 */
final class Conversion implements AutoCloseable {
  /** Of these, records that are handed on together use only so many. */
  private static final int CHUNK = 1_000;

  private final List<RecordPipeline<SinkRecord>> pipelines;
  private final Helper helper;
  private final RecordErrors errors;
  private final Waits waits;
  private final ReentrantLock turn = new ReentrantLock(true);

  /** One for each lane; the helper is for all but one of them. */
  Conversion(
      List<RecordPipeline<SinkRecord>> pipelines, Helper helper, RecordErrors errors, Waits waits) {
    this.pipelines = List.copyOf(pipelines);
    this.helper = helper;
    this.errors = errors;
    this.waits = waits;
  }

  /**
   * Records of one partition, in order, and what became of the first ones: of all, unless one
   * failed that fails the task, or an error ended the conversion.
   *
   * @param passed what is to be put
   * @param filtered how many a transformation has dropped
   * @param failed those that failed for good
   * @param bytes of the records' keys and values
   * @param error what the pipeline threw beyond what is a record's failure; null when nothing
   */
  record Part(
      TopicPartition origin,
      List<ConsumerRecord<byte[], byte[]>> records,
      List<SinkRecord> passed,
      int filtered,
      List<GivenUp> failed,
      long bytes,
      Throwable error) {}

  /** A record that failed for good. */
  record GivenUp(ConsumerRecord<byte[], byte[]> record, Outcome.Failed<SinkRecord> failed) {}

  /** Collects what becomes of a partition's records. */
  private static final class Fates {
    private final List<SinkRecord> passed;
    private final List<GivenUp> failed = new ArrayList<>();
    private int filtered;
    private long bytes;

    Fates(int records) {
      this.passed = new ArrayList<>(records);
    }

    void add(ConsumerRecord<byte[], byte[]> record, Outcome<SinkRecord> outcome) {
      switch (outcome) {
        case Outcome.Passed<SinkRecord> each -> passed.add(each.value());
        case Outcome.Filtered<SinkRecord> each -> filtered++;
        case Outcome.Failed<SinkRecord> each -> failed.add(new GivenUp(record, each));
      }
      bytes += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    }

    Part part(
        TopicPartition origin, List<ConsumerRecord<byte[], byte[]>> records, Throwable error) {
      return new Part(origin, records, passed, filtered, failed, bytes, error);
    }
  }

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
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    turn.lock();
    try {
      if (pipelines.size() == 1) {
        for (TopicPartition origin : polled.partitions()) {
          parts.add(convert(origin, polled.records(origin), attempts, unwanted));
        }
      } else {
        Iterator<Lanes.Converted<SinkRecord>> all = inLanes(polled, attempts, unwanted).iterator();
        for (TopicPartition origin : polled.partitions()) {
          parts.add(part(origin, polled.records(origin), all));
        }
      }
    } finally {
      turn.unlock();
      Loaders.leave(before);
    }
    return new Converted(parts, waits.nowNanos() - began);
  }

  @SuppressWarnings("CatchingUnchecked") // plugin code may throw anything, also sneakily
  private Part convert(
      TopicPartition origin,
      List<ConsumerRecord<byte[], byte[]>> records,
      Attempts attempts,
      BooleanSupplier unwanted) {
    Fates fates = new Fates(records.size());
    try {
      for (int i = 0; i < records.size() && !unwanted.getAsBoolean(); i++) {
        ConsumerRecord<byte[], byte[]> record = records.get(i);
        fates.add(record, SinkPipeline.apply(pipelines.getFirst(), record, attempts));
        if (!fates.failed.isEmpty() && !errors.tolerant()) {
          break;
        }
        letOthersIn();
      }
      return fates.part(origin, records, null);
    } catch (Throwable e) {
      return fates.part(origin, records, e);
    }
  }

  /** What became of all records, partition by partition. */
  private List<Lanes.Converted<SinkRecord>> inLanes(
      ConsumerRecords<byte[], byte[]> polled, Attempts attempts, BooleanSupplier unwanted) {
    List<Lanes.Lane<ConsumerRecord<byte[], byte[]>, SinkRecord>> each = new ArrayList<>();
    pipelines.forEach(pipeline -> each.add(record -> inLane(pipeline, record, attempts, unwanted)));
    var lanes = new Lanes<>(each, SinkPipeline::laneHash, helper, waits);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(polled.count());
    polled.partitions().forEach(origin -> records.addAll(polled.records(origin)));
    List<Lanes.Converted<SinkRecord>> all = new ArrayList<>(records.size());
    for (int from = 0; from < records.size(); from += CHUNK) {
      all.addAll(lanes.convert(records.subList(from, Math.min(records.size(), from + CHUNK))));
      letOthersIn();
    }
    return all;
  }

  private static Outcome<SinkRecord> inLane(
      RecordPipeline<SinkRecord> pipeline,
      ConsumerRecord<byte[], byte[]> record,
      Attempts attempts,
      BooleanSupplier unwanted) {
    if (unwanted.getAsBoolean()) {
      throw new WorkCancelled("converting records that are not wanted any more");
    }
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try {
      return SinkPipeline.apply(pipeline, record, attempts);
    } finally {
      Loaders.leave(before);
    }
  }

  @SuppressWarnings("CatchingUnchecked") // plugin code may have thrown anything, also sneakily
  private static Part part(
      TopicPartition origin,
      List<ConsumerRecord<byte[], byte[]>> records,
      Iterator<Lanes.Converted<SinkRecord>> all) {
    Fates fates = new Fates(records.size());
    Throwable error = null;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Lanes.Converted<SinkRecord> converted = all.next();
      try {
        if (error == null) {
          fates.add(record, converted.get());
        }
      } catch (Throwable e) {
        error = e;
      }
    }
    return fates.part(origin, records, error);
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
      return SinkPipeline.serialize(pipelines.getFirst(), record);
    } finally {
      turn.unlock();
    }
  }

  /** Closes the plugins, once nobody is inside them. */
  @Override
  public void close() throws Exception {
    turn.lock();
    try {
      Closer closer = new Closer();
      pipelines.forEach(pipeline -> closer.close(pipeline::close));
      closer.rethrow();
    } finally {
      turn.unlock();
    }
  }
}
