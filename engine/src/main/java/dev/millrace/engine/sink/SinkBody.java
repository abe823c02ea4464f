package dev.millrace.engine.sink;

import dev.millrace.engine.Closer;
import dev.millrace.engine.Count;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.Outcome;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.Signals;
import dev.millrace.engine.SinkPipeline;
import dev.millrace.engine.WorkLoop;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a sink task does at each turn of its life. Owned by the work's thread, except {@link
 * #wakeUp}.
 */
final class SinkBody implements WorkLoop.Body {
  private static final Logger LOG = LoggerFactory.getLogger(SinkBody.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration REPORTER_CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final SinkSetup setup;
  private final Environment environment;
  private final Signals signals;
  private final AtomicReference<Consumer<byte[], byte[]>> consumer = new AtomicReference<>();
  private final PartitionProgress progress = new PartitionProgress();
  private final Batch batch = new Batch();
  private final Set<String> topicsUsed = new HashSet<>();
  private final OutstandingReports reports;
  private SinkTask task;
  private RecordPipeline<SinkRecord> pipeline;
  private RecordErrors errors;
  private Parts parts;

  SinkBody(SinkSetup setup, Signals signals) {
    this.setup = setup;
    this.environment = setup.environment();
    this.signals = signals;
    this.reports = new OutstandingReports(environment.waits());
  }

  /** What exists once the task has begun. */
  private record Parts(
      Pauses pauses, SinkContext context, SinkCommits commits, Assignment assignment) {}

  /** A signal has come; from any thread. */
  void wakeUp() {
    Consumer<byte[], byte[]> present = consumer.get();
    if (present != null) {
      present.wakeup();
    }
  }

  @Override
  public void create() {
    task = setup.plugin().task().get();
    pipeline = setup.plugin().pipeline().get();
  }

  @Override
  public void begin() {
    errors =
        new RecordErrors(
            setup.errors().settings(), setup.errors().reporters().get(), environment, signals);
    Consumer<byte[], byte[]> made = setup.input().consumer().get();
    consumer.set(made);
    parts = newParts(made);
    subscribe(made);
    task.initialize(parts.context());
    task.start(setup.plugin().config());
  }

  private Parts newParts(Consumer<byte[], byte[]> made) {
    ErrantRecords errants = new ErrantRecords(setup.name(), errors, pipeline, reports);
    Pauses pauses = new Pauses(made);
    SinkContext context =
        new SinkContext(setup, made, pauses, () -> errors.reports() ? errants : null);
    SinkCommits commits = new SinkCommits(setup, signals, made, task, progress, reports);
    Assignment assignment =
        new Assignment(environment, made, task, progress, batch, hooks(commits, pauses));
    return new Parts(pauses, context, commits, assignment);
  }

  private Assignment.Hooks hooks(SinkCommits commits, Pauses pauses) {
    return new Assignment.Hooks() {
      @Override
      public void commitAndClose(Collection<TopicPartition> partitions) throws Exception {
        commits.commitAndClose(partitions);
      }

      @Override
      public void repause() {
        pauses.apply();
      }

      @Override
      public void applyOffsets() {
        SinkBody.this.applyOffsets();
      }
    };
  }

  private void subscribe(Consumer<byte[], byte[]> made) {
    switch (setup.input().topics()) {
      case Topics.Named named -> made.subscribe(named.names(), parts.assignment());
      case Topics.Matching matching -> made.subscribe(matching.pattern(), parts.assignment());
    }
  }

  @Override
  public void iterate() throws Exception {
    commitIfDue();
    applyOffsets();
    ConsumerRecords<byte[], byte[]> polled = poll();
    parts.assignment().check();
    if (polled != null) {
      convert(polled);
      put();
    }
  }

  private void commitIfDue() {
    SinkCommits commits = parts.commits();
    if (!commits.idle()) {
      return;
    }
    if (parts.context().takeCommitRequest() || commits.untilDueMs() == 0) {
      goBack(commits.commitAsync());
    }
  }

  /** Reads on from these offsets; what is held and not yet put will be read again. */
  private void goBack(Map<TopicPartition, OffsetAndMetadata> positions) {
    if (!positions.isEmpty()) {
      positions.forEach((partition, offset) -> consumer.get().seek(partition, offset.offset()));
      batch.clear();
      parts.pauses().retrying(false);
    }
  }

  private void applyOffsets() {
    parts
        .context()
        .takeOffsets()
        .forEach(
            (partition, offset) -> {
              consumer.get().seek(partition, offset);
              progress.seek(partition, offset);
            });
  }

  /** What was polled; null when a signal came instead. */
  private ConsumerRecords<byte[], byte[]> poll() {
    long timeoutMs = parts.context().takeTimeout(parts.commits().untilDueMs());
    try {
      return consumer.get().poll(Duration.ofMillis(timeoutMs));
    } catch (WakeupException e) {
      return null;
    }
  }

  private void convert(ConsumerRecords<byte[], byte[]> polled) {
    if (polled.isEmpty()) {
      return;
    }
    Counters counters = environment.counters();
    counters.add(Count.SINK_READ, polled.count());
    counters.add(Count.BATCHES);
    counters.set(Count.LAST_BATCH_RECORDS, polled.count());
    counters.set(Count.LAST_BATCH_AT, environment.waits().wallMs());
    for (ConsumerRecord<byte[], byte[]> record : polled) {
      convert(record);
    }
  }

  private void convert(ConsumerRecord<byte[], byte[]> record) {
    TopicPartition origin = new TopicPartition(record.topic(), record.partition());
    Outcome<SinkRecord> outcome = SinkPipeline.apply(pipeline, record, errors);
    switch (outcome) {
      case Outcome.Passed<SinkRecord> passed -> batch.add(origin, passed.value());
      case Outcome.Filtered<SinkRecord> filtered -> environment.counters().add(Count.FILTERED);
      case Outcome.Failed<SinkRecord> failed -> giveUp(origin, record, failed);
    }
    progress.read(origin, new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), ""));
    if (!(outcome instanceof Outcome.Failed) && topicsUsed.add(record.topic())) {
      environment.listener().topicUsed(record.topic());
    }
  }

  /** The partition's offsets are committed only once the reports are safe. */
  private void giveUp(
      TopicPartition origin,
      ConsumerRecord<byte[], byte[]> record,
      Outcome.Failed<SinkRecord> failed) {
    var unused =
        reports.track(
            origin,
            errors.giveUp(
                new ErrorReport(
                    setup.name(),
                    failed.stage(),
                    failed.executing(),
                    failed.error(),
                    new ErrorReport.Consumed(record))));
  }

  private void put() {
    List<SinkRecord> records = batch.records();
    int size = records.size();
    long began = environment.waits().nowMs();
    try {
      task.put(records);
    } catch (RetriableException e) {
      environment.counters().add(Count.PUT_RETRIES);
      if (environment.waitingFor(Counters.Cause.PLUGIN, "the sink: " + e.getMessage())) {
        LOG.warn("{} waits for the sink, which failed for the moment", setup.name(), e);
      }
      parts.pauses().retrying(true);
      return;
    } catch (Exception e) {
      throw new ConnectException("Exiting WorkerSinkTask due to unrecoverable exception.", e);
    }
    done(size, environment.waits().nowMs() - began);
  }

  private void done(int size, long tookMs) {
    progress.put();
    batch.clear();
    if (parts.pauses().retrying()) {
      environment.goesOn(Counters.Cause.PLUGIN);
      LOG.info("{} waits no more and goes on", setup.name());
      parts.pauses().retrying(false);
    }
    Counters counters = environment.counters();
    counters.add(Count.SINK_SENT, size);
    counters.set(Count.LAST_PUT_MS, tookMs);
    counters.add(Count.PUT_MS, tookMs);
    counters.set(Count.SINK_ACTIVE, progress.active());
  }

  @Override
  public void pause() {
    parts.pauses().connectorPaused(true);
    parts.context().requestCommit();
  }

  @Override
  public void idle() throws Exception {
    iterate();
  }

  @Override
  public void resume() {
    parts.pauses().connectorPaused(false);
  }

  @Override
  public void end(boolean failed) throws Exception {
    Closer closer = new Closer();
    if (parts != null) {
      closer.close(this::lastCommit);
      parts.assignment().over();
    }
    if (task != null) {
      closer.closePlugin(task::stop);
    }
    if (consumer.get() != null) {
      Duration timeout = signals.cancelled() ? Duration.ZERO : CLOSE_TIMEOUT;
      closer.close(
          () -> Wakeups.ignored(() -> consumer.get().close(CloseOptions.timeout(timeout))));
    }
    if (errors != null) {
      closer.close(() -> errors.close(REPORTER_CLOSE_TIMEOUT));
    }
    if (pipeline != null) {
      closer.close(pipeline::close);
    }
    closer.rethrow();
  }

  private void lastCommit() throws Exception {
    if (!progress.partitions().isEmpty()) {
      parts.commits().commitAndClose(List.copyOf(progress.partitions()));
    }
  }
}
