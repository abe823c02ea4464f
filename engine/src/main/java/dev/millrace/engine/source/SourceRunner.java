package dev.millrace.engine.source;

import dev.millrace.engine.Closer;
import dev.millrace.engine.Count;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Counters.Cause;
import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.Outcome;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.Sample;
import dev.millrace.engine.Signals;
import dev.millrace.engine.SourcePipeline;
import dev.millrace.engine.WorkLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one source task: poll, pipeline, delivery (compat: semantics §3–§5). {@link #run} and {@link
 * #step} belong to the work's own thread; the signals may come from any thread.
 */
public final class SourceRunner {
  private static final Logger LOG = LoggerFactory.getLogger(SourceRunner.class);
  private static final Duration RETRY_DELAY = Duration.ofMillis(100);
  private static final Duration REPORTER_CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final SourceSetup setup;
  private final Signals signals;
  private final WorkLoop loop;
  private final AtomicReference<Delivery> delivery = new AtomicReference<>();
  private final AtomicReference<RecordErrors> errors = new AtomicReference<>();

  /** A runner that has not begun. */
  public SourceRunner(SourceSetup setup, boolean paused) {
    this.setup = setup;
    this.signals = new Signals(setup.environment().waits(), paused, () -> {});
    this.loop = new WorkLoop(signals, setup.environment(), new Body());
  }

  /** The whole life of the task on the calling thread; returns when it is over. */
  public void run() {
    loop.run(setup.plugin().loader());
  }

  /** One step of that life, for simulations; whether there are more. */
  public boolean step() {
    return loop.step();
  }

  /** Wants the task paused. */
  public void pause() {
    signals.pause();
  }

  /** Wants the task running. */
  public void resume() {
    signals.resume();
  }

  /** Wants the task to end, after a last commit. */
  public void stop() {
    signals.stop();
  }

  /**
   * Its time to stop has passed: nothing is reported any more, waits and retries end, the producer
   * is closed at once. May block while a callback of the producer hangs: not for a control thread.
   */
  public void cancel() {
    signals.cancel();
    RecordErrors reporting = errors.get();
    if (reporting != null) {
      reporting.close(Duration.ZERO); // first: the producer's own thread may wait for a letter
    }
    Delivery present = delivery.get();
    if (present != null) {
      present.abandon();
    }
  }

  /**
   * Begins a commit of offsets that is due, also while the task is inside a long poll, and releases
   * what is idle. For a timer; never blocks. A task that polls often needs no timer.
   */
  public void tick() {
    Delivery present = delivery.get();
    if (present != null) {
      present.tick();
    }
    RecordErrors reporting = errors.get();
    if (reporting != null) {
      reporting.tick();
    }
  }

  /** What is done at each turn of the life cycle; owned by the work's thread. */
  private final class Body implements WorkLoop.Body {
    private final Set<String> knownTopics = new HashSet<>();
    private final Deque<SourceRecord> toSend = new ArrayDeque<>();
    private SourceTask task;
    private RecordPipeline<SourceRecord> pipeline;
    private boolean initialized;
    private boolean batchOpen;

    @Override
    public void create() {
      task = setup.plugin().task().get();
      pipeline = setup.plugin().pipeline().get();
    }

    @Override
    public void begin() {
      errors.set(
          new RecordErrors(
              setup.errors().settings(),
              setup.errors().reporters().get(),
              setup.environment(),
              signals));
      SourceCallbacks callbacks = new SourceCallbacks(setup, task);
      Delivery opened = newDelivery(callbacks);
      delivery.set(opened);
      opened.open();
      initialized = true;
      task.initialize(new SourceContext(setup, signals, opened.transactionContext()));
      task.start(setup.plugin().config());
    }

    private Delivery newDelivery(SourceCallbacks callbacks) {
      return switch (setup.output().guarantee()) {
        case AT_LEAST_ONCE -> new AtLeastOnceDelivery(setup, signals, callbacks, errors.get());
        case EXACTLY_ONCE -> new TransactionalDelivery(setup, signals, callbacks);
      };
    }

    @Override
    public void iterate() throws Exception {
      delivery.get().upkeep();
      if (!batchOpen) {
        poll();
      }
      send();
    }

    private void poll() throws Exception {
      long began = setup.environment().waits().nowMs();
      List<SourceRecord> polled = pollTask();
      batchOpen = true;
      if (polled == null) {
        return;
      }
      toSend.addAll(polled);
      Counters counters = setup.environment().counters();
      long took = setup.environment().waits().nowMs() - began;
      counters.add(Count.SOURCE_POLLED, polled.size());
      counters.add(Count.SOURCE_ACTIVE, polled.size());
      counters.sample(Sample.SOURCE_ACTIVE, counters.get(Count.SOURCE_ACTIVE));
      counters.sample(Sample.POLL_MS, took);
      counters.sample(Sample.BATCH_RECORDS, polled.size());
    }

    private List<SourceRecord> pollTask() throws Exception {
      Counters counters = setup.environment().counters();
      counters.set(Count.CALL_BEGAN_AT, setup.environment().waits().nowMs());
      try {
        List<SourceRecord> polled = task.poll();
        goesOn(Cause.PLUGIN);
        return polled;
      } catch (org.apache.kafka.connect.errors.RetriableException
          | org.apache.kafka.common.errors.RetriableException e) {
        rest(Cause.PLUGIN, "the source", e);
        return null;
      } finally {
        counters.set(Count.CALL_BEGAN_AT, 0);
      }
    }

    /** A stop ends between batches; a cancel, or a failure for the moment, within one. */
    private void send() throws Exception {
      while (!toSend.isEmpty() && !signals.cancelled()) {
        try {
          process(toSend.peekFirst());
          toSend.removeFirst();
        } catch (org.apache.kafka.connect.errors.RetriableException
            | org.apache.kafka.common.errors.RetriableException e) {
          rest(Cause.SEND, "Kafka", e);
          return;
        }
      }
      if (toSend.isEmpty()) {
        goesOn(Cause.SEND);
        batchOpen = false;
        delivery.get().batchDone();
      }
    }

    /** Logged when it begins and when it is over; shown as long as it lasts. */
    private void rest(Cause cause, String whom, RuntimeException error) {
      if (setup.environment().waitingFor(cause, whom + ": " + messageOf(error))) {
        LOG.warn(
            "{} waits for {}, which failed for the moment: {}",
            setup.name(),
            whom,
            setup.environment().trace(error));
      }
      setup.environment().waits().await(signals::stopWanted, RETRY_DELAY);
    }

    private void goesOn(Cause cause) {
      if (setup.environment().goesOn(cause)) {
        LOG.info("{} waits no more and goes on", setup.name());
      }
    }

    private static String messageOf(RuntimeException error) {
      return error.getMessage() == null ? error.toString() : error.getMessage();
    }

    private void process(SourceRecord polled) throws Exception {
      switch (SourcePipeline.apply(pipeline, polled, errors.get())) {
        case Outcome.Passed<ProducerRecord<byte[], byte[]>> passed ->
            deliver(polled, passed.value());
        case Outcome.Filtered<ProducerRecord<byte[], byte[]>> filtered -> {
          setup.environment().counters().add(Count.FILTERED);
          delivery.get().filtered(polled);
        }
        case Outcome.Failed<ProducerRecord<byte[], byte[]>> failed -> skip(polled, failed);
      }
    }

    private void skip(SourceRecord polled, Outcome.Failed<?> failed) throws Exception {
      CompletionStage<Void> reported =
          errors
              .get()
              .giveUp(
                  new ErrorReport(
                      setup.name(),
                      failed.stage(),
                      failed.executing(),
                      failed.error(),
                      new ErrorReport.Polled(polled)));
      delivery.get().skipped(polled, reported);
    }

    private void deliver(SourceRecord polled, ProducerRecord<byte[], byte[]> record)
        throws Exception {
      if (!knownTopics.contains(record.topic())) {
        ensure(record.topic());
      }
      delivery.get().send(polled, record);
    }

    private void ensure(String topic) {
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

    @Override
    public void pause() throws Exception {
      setup.environment().goesOn(Cause.PLUGIN);
      if (!batchOpen) {
        delivery.get().pausing();
      }
    }

    /** What a failure for the moment has left of a batch is sent while paused. */
    @Override
    public void idle() throws Exception {
      delivery.get().upkeep();
      if (batchOpen) {
        send();
        pause();
        return;
      }
      setup
          .environment()
          .waits()
          .await(() -> signals.stopWanted() || !signals.pauseWanted(), delivery.get().restFor());
    }

    @Override
    public void resume() {
      // the next iteration goes on where the last one ended
    }

    @Override
    public void end(boolean failed) throws Exception {
      Closer closer = new Closer();
      Delivery opened = delivery.get();
      if (initialized && !signals.cancelled()) {
        closer.close(() -> opened.finish(failed || batchOpen, List.copyOf(toSend)));
      }
      if (initialized) {
        closer.closePlugin(task::stop);
      }
      if (opened != null) {
        closer.close(opened::close);
      }
      RecordErrors reporting = errors.get();
      if (reporting != null) {
        closer.close(() -> reporting.close(REPORTER_CLOSE_TIMEOUT));
      }
      if (pipeline != null) {
        closer.close(pipeline::close);
      }
      closer.rethrow();
    }
  }
}
