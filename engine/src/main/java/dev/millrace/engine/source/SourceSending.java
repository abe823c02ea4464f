package dev.millrace.engine.source;

import dev.millrace.engine.Count;
import dev.millrace.engine.Counters.Cause;
import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.Lanes;
import dev.millrace.engine.Lanes.Converted;
import dev.millrace.engine.Lanes.Lane;
import dev.millrace.engine.Outcome;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.Signals;
import dev.millrace.engine.SourcePipeline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Takes what was polled through the pipeline and into the delivery, in order. Owned by one thread
 * at a time: the task's own, or the helper's while it is lent ({@link Loan}).
 */
final class SourceSending {
  /** At most so many are held as bytes. */
  private static final int CHUNK = 1_000;

  private final SourceSetup setup;
  private final Signals signals;
  private final Rests rests;
  private final RecordErrors errors;
  private final Delivery delivery;
  private final Lanes<SourceRecord, ProducerRecord<byte[], byte[]>> lanes;
  private final Set<String> knownTopics = new HashSet<>();

  /** One of them, the last record's; most records have that of the one before. */
  private String latestTopic = "";

  private final Deque<SourceRecord> toSend = new ArrayDeque<>();

  /** What the first of them have become already; only with several lanes. */
  private final Deque<Converted<ProducerRecord<byte[], byte[]>>> ahead = new ArrayDeque<>();

  private boolean open;

  SourceSending(
      SourceSetup setup,
      Signals signals,
      RecordErrors errors,
      Delivery delivery,
      List<RecordPipeline<SourceRecord>> pipelines) {
    this.setup = setup;
    this.signals = signals;
    this.rests = new Rests(setup, signals);
    this.errors = errors;
    this.delivery = delivery;
    List<Lane<SourceRecord, ProducerRecord<byte[], byte[]>>> each = new ArrayList<>();
    pipelines.forEach(
        pipeline -> each.add(polled -> SourcePipeline.apply(pipeline, polled, errors)));
    this.lanes =
        new Lanes<>(
            each,
            SourcePipeline::laneHash,
            setup.plugin().lanes().helper(),
            setup.environment().waits());
  }

  /** How far a step has come. */
  enum Progress {
    /** There is more to do. */
    MORE,
    /** A record could not be sent for the moment; it has rested, and can be tried again. */
    HELD,
    /** The batch is done, or the task was cancelled. */
    OVER
  }

  /** Begins a batch, perhaps an empty one; joins it to the last one if that is not done. */
  void begin(List<SourceRecord> polled) {
    toSend.addAll(polled);
    open = true;
  }

  /** Whether a batch is not done. */
  boolean isOpen() {
    return open;
  }

  /** What is left of the batch. */
  List<SourceRecord> unsent() {
    return List.copyOf(toSend);
  }

  /**
   * Sends as much as can be sent now. A stop ends between batches; a cancel, or a failure for the
   * moment, within one.
   */
  void send() throws Exception {
    while (step() == Progress.MORE) {
      // the step has done it
    }
  }

  /** Sends the next record, or ends the batch. */
  Progress step() throws Exception {
    if (toSend.isEmpty()) {
      rests.over(Cause.SEND);
      open = false;
      delivery.batchDone();
      return Progress.OVER;
    }
    if (signals.cancelled()) {
      return Progress.OVER;
    }
    try {
      process(toSend.peekFirst());
      toSend.removeFirst();
      ahead.pollFirst();
      return Progress.MORE;
    } catch (org.apache.kafka.connect.errors.RetriableException
        | org.apache.kafka.common.errors.RetriableException e) {
      rests.rest(Cause.SEND, "Kafka", e);
      return Progress.HELD;
    }
  }

  private void process(SourceRecord polled) throws Exception {
    switch (converted(polled)) {
      case Outcome.Passed<ProducerRecord<byte[], byte[]>> passed -> deliver(polled, passed.value());
      case Outcome.Filtered<ProducerRecord<byte[], byte[]>> filtered -> {
        setup.environment().counters().add(Count.FILTERED);
        delivery.filtered(polled);
      }
      case Outcome.Failed<ProducerRecord<byte[], byte[]>> failed -> skip(polled, failed);
    }
  }

  private Outcome<ProducerRecord<byte[], byte[]>> converted(SourceRecord first) {
    if (lanes.single()) {
      return lanes.apply(first);
    }
    if (ahead.isEmpty()) {
      ahead.addAll(lanes.convert(toSend.stream().limit(CHUNK).toList()));
    }
    return ahead.getFirst().get();
  }

  private void skip(SourceRecord polled, Outcome.Failed<?> failed) throws Exception {
    CompletionStage<Void> reported =
        errors.giveUp(
            new ErrorReport(
                setup.name(),
                failed.stage(),
                failed.executing(),
                failed.error(),
                new ErrorReport.Polled(polled)));
    delivery.skipped(polled, reported);
  }

  private void deliver(SourceRecord polled, ProducerRecord<byte[], byte[]> record)
      throws Exception {
    if (!record.topic().equals(latestTopic)) {
      ensure(record.topic());
      latestTopic = record.topic();
    }
    delivery.send(polled, record);
  }

  private void ensure(String topic) {
    if (knownTopics.contains(topic)) {
      return;
    }
    try {
      setup.output().topics().ensure(topic);
      knownTopics.add(topic);
    } catch (org.apache.kafka.connect.errors.RetriableException
        | org.apache.kafka.common.errors.RetriableException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new ConnectException(
          "Task "
              + setup.name()
              + " could not make sure that topic '"
              + topic
              + "' exists: "
              + e.getMessage()
              + ". Create the topic, or allow the connector's admin client to.",
          e);
    }
  }
}
