package dev.millrace.engine.sink;

import dev.millrace.engine.Closer;
import dev.millrace.engine.Environment;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.Signals;
import dev.millrace.engine.WorkLoop;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * What a sink task does at each turn of its life. Owned by the work's thread, except {@link
 * #wakeUp}.
 */
final class SinkBody implements WorkLoop.Body {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration REPORTER_CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final SinkSetup setup;
  private final Environment environment;
  private final Signals signals;
  private final AtomicReference<Keeper> keeper = new AtomicReference<>();
  private final AtomicReference<Consumer<byte[], byte[]>> consumer = new AtomicReference<>();
  private final AtomicReference<RecordErrors> errors = new AtomicReference<>();
  private SinkTask task;
  private List<RecordPipeline<SinkRecord>> pipelines = List.of();
  private Conversion conversion;
  private Parts parts;

  SinkBody(SinkSetup setup, Signals signals) {
    this.setup = setup;
    this.environment = setup.environment();
    this.signals = signals;
  }

  /** What exists once the task has begun. */
  private record Parts(
      Engaged engaged,
      Pauses pauses,
      SinkContext context,
      SinkCommits commits,
      SinkDelivery delivery,
      Intake intake,
      Assignment assignment) {}

  /** A signal has come; from any thread. */
  void wakeUp() {
    Consumer<byte[], byte[]> present = consumer.get();
    if (present != null) {
      present.wakeup();
    }
  }

  /** Time has passed; from any thread. */
  void tick() {
    Keeper present = keeper.get();
    if (present != null) {
      present.tick();
    }
    RecordErrors reporting = errors.get();
    if (reporting != null) {
      reporting.tick();
    }
  }

  /** It did not stop in time; from any thread, may block for a moment. */
  void cancel() {
    Keeper present = keeper.get();
    if (present != null) {
      present.cancel();
    }
    RecordErrors reporting = errors.get();
    if (reporting != null) {
      reporting.close(Duration.ZERO);
    }
  }

  @Override
  public void create() {
    task = setup.plugin().task().get();
    pipelines = setup.plugin().pipelines();
  }

  @Override
  public void begin() {
    errors.set(
        new RecordErrors(
            setup.errors().settings(), setup.errors().reporters().get(), environment, signals));
    Consumer<byte[], byte[]> made = setup.input().consumer().get();
    consumer.set(made);
    parts = newParts(made);
    keeper.set(parts.engaged().keeper());
    subscribe(made);
    task.initialize(parts.context());
    task.start(setup.plugin().config());
  }

  private Parts newParts(Consumer<byte[], byte[]> made) {
    OutstandingReports reports = new OutstandingReports(environment.waits());
    PartitionProgress progress = new PartitionProgress();
    Batch batch = new Batch();
    Engaged engaged = new Engaged(task, made, progress, new Keeper(setup, signals, made));
    RecordErrors reporting = errors.get();
    conversion =
        new Conversion(pipelines, setup.plugin().lanes().helper(), reporting, environment.waits());
    ErrantRecords errants = new ErrantRecords(setup.name(), reporting, conversion, reports);
    Pauses pauses = new Pauses(made);
    SinkContext context =
        new SinkContext(setup, progress, pauses, () -> reporting.reports() ? errants : null);
    SinkCommits commits = new SinkCommits(setup, signals, engaged, reports);
    SinkDelivery delivery = new SinkDelivery(setup, engaged, pauses, batch, errants, conversion);
    Intake intake = new Intake(setup, made, pauses, batch, new Ahead(setup, conversion), delivery);
    Assignment assignment =
        new Assignment(environment, engaged, commits, pauses, intake, new OffsetsAskedFor());
    return new Parts(engaged, pauses, context, commits, delivery, intake, assignment);
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
    parts.assignment().check();
    applyOffsets();
    ConsumerRecords<byte[], byte[]> polled = next();
    parts.assignment().check();
    if (polled != null) {
      parts.intake().take(polled);
      parts.assignment().check();
      parts.delivery().put();
      parts.assignment().check();
    }
  }

  /** What is polled behind what is put next, if that is ahead already. */
  private ConsumerRecords<byte[], byte[]> next() throws Exception {
    Intake intake = parts.intake();
    if (intake.ready()) {
      return intake.worthwhile() ? poll(0) : unlessSignalled(ConsumerRecords.empty());
    }
    ConsumerRecords<byte[], byte[]> polled = poll(parts.commits().pollMs());
    parts.assignment().check();
    return polled != null && intake.begins(polled) ? poll(0) : polled;
  }

  private void commitIfDue() throws Exception {
    SinkCommits commits = parts.commits();
    if (commits.idle() && (parts.context().takeCommitRequest() || commits.untilDueMs() == 0)) {
      goBack(commits.commitAsync());
    }
  }

  /** Reads on from these offsets; what is held and not yet put will be read again. */
  private void goBack(Map<TopicPartition, OffsetAndMetadata> positions) {
    if (!positions.isEmpty()) {
      positions.forEach((partition, offset) -> consumer.get().seek(partition, offset.offset()));
      parts.intake().forget();
    }
  }

  private final class OffsetsAskedFor implements Assignment.Wishes {
    @Override
    public void apply() {
      applyOffsets();
    }

    @Override
    public void forget(Collection<TopicPartition> partitions) {
      parts.context().forgetOffsets(partitions);
    }
  }

  private void applyOffsets() {
    Map<TopicPartition, Long> wanted = parts.context().takeOffsets();
    if (!wanted.isEmpty()) {
      parts.commits().supersede();
    }
    wanted.forEach(
        (partition, offset) -> {
          consumer.get().seek(partition, offset);
          parts.engaged().progress().seek(partition, offset);
        });
    parts.intake().moved(wanted.keySet());
  }

  /** What was polled; null when a signal came instead. */
  private ConsumerRecords<byte[], byte[]> poll(long atMostMs) {
    if (signalled()) {
      return null;
    }
    parts.pauses().apply();
    long timeoutMs = parts.context().takeTimeout(atMostMs);
    try {
      ConsumerRecords<byte[], byte[]> polled =
          Polls.poll(consumer.get(), Duration.ofMillis(timeoutMs));
      parts.intake().polled(polled);
      return polled;
    } catch (WakeupException e) {
      return null;
    }
  }

  private ConsumerRecords<byte[], byte[]> unlessSignalled(ConsumerRecords<byte[], byte[]> polled) {
    return signalled() ? null : polled;
  }

  /** The wakeup of a signal may have met the keeper's poll, and does not come again. */
  private boolean signalled() {
    return signals.stopWanted() || signals.pauseWanted() != parts.pauses().connectorPaused();
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
      closer.close(parts.intake()::over);
      closer.close(this::lastCommit);
      parts.assignment().over();
    }
    if (task != null) {
      closer.closePlugin(task::stop);
    }
    if (consumer.get() != null) {
      Duration timeout = signals.cancelled() ? Duration.ZERO : CLOSE_TIMEOUT;
      closer.close(
          () ->
              Wakeups.deferred(
                  consumer.get(), () -> consumer.get().close(CloseOptions.timeout(timeout))));
    }
    RecordErrors reporting = errors.get();
    if (reporting != null) {
      closer.close(() -> reporting.close(REPORTER_CLOSE_TIMEOUT));
    }
    if (conversion != null) {
      closer.close(conversion::close);
    } else {
      pipelines.forEach(pipeline -> closer.close(pipeline::close));
    }
    closer.rethrow();
  }

  private void lastCommit() throws Exception {
    Set<TopicPartition> partitions = parts.engaged().progress().partitions();
    if (!partitions.isEmpty()) {
      parts.commits().commitAndClose(List.copyOf(partitions));
    }
  }
}
