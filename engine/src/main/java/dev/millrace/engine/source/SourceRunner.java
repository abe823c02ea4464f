package dev.millrace.engine.source;

import dev.millrace.engine.Closer;
import dev.millrace.engine.Count;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Counters.Cause;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.Sample;
import dev.millrace.engine.Signals;
import dev.millrace.engine.Waits;
import dev.millrace.engine.WorkLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * Runs one source task: poll, pipeline, delivery (compat: semantics §3–§5). {@link #run} and {@link
 * #step} belong to the work's own thread; the signals may come from any thread.
 */
public final class SourceRunner {
  private static final Duration REPORTER_CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final SourceSetup setup;
  private final Signals signals;
  private final Rests rests;
  private final WorkLoop loop;
  private final AtomicReference<Delivery> delivery = new AtomicReference<>();
  private final AtomicReference<RecordErrors> errors = new AtomicReference<>();

  /** A runner that has not begun. */
  public SourceRunner(SourceSetup setup, boolean paused) {
    this.setup = setup;
    this.signals = new Signals(setup.environment().waits(), paused, () -> {});
    this.rests = new Rests(setup, signals);
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
    private SourceTask task;
    private List<RecordPipeline<SourceRecord>> pipelines = List.of();
    private SourceSending sending;
    private Loan loan;
    private boolean initialized;
    private boolean started;

    /** What the poll took that gave the batch to be sent next; 0 when it gave nothing. */
    private long polledNanos;

    @Override
    public void create() {
      task = setup.plugin().task().get();
      pipelines = setup.plugin().pipelines();
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
      sending = new SourceSending(setup, signals, errors.get(), opened, pipelines);
      loan = new Loan(sending, setup.overlap().helper(), setup.environment(), signals);
      initialized = true;
      task.initialize(new SourceContext(setup, signals, opened.transactionContext()));
      task.start(setup.plugin().config());
      started = true;
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
      if (loan.isOut()) {
        pollBesideSending();
      } else if (!sending.isOpen()) {
        sending.begin(poll());
      }
      if (overlaps()) {
        loan.lend();
      } else {
        sendOpen();
      }
    }

    /** Records of two batches are never on their way through the pipeline at once. */
    private void pollBesideSending() throws Exception {
      long nanosOfLent = polledNanos;
      List<SourceRecord> polled = poll();
      long took = loan.takeBack();
      setup.overlap().choice().sent(nanosOfLent, took);
      sending.begin(polled);
    }

    /** What came while a signal was on its way is sent before that is obeyed. */
    private boolean overlaps() {
      return polledNanos > 0
          && delivery.get().mayOverlap()
          && setup.overlap().choice().wanted()
          && !signals.stopWanted()
          && !signals.pauseWanted();
    }

    private void sendOpen() throws Exception {
      long began = setup.environment().waits().nowNanos();
      sending.send();
      if (polledNanos > 0 && !sending.isOpen()) {
        long took = setup.environment().waits().nowNanos() - began;
        setup.overlap().choice().sent(polledNanos, took);
        polledNanos = 0;
      }
    }

    private List<SourceRecord> poll() throws Exception {
      Waits waits = setup.environment().waits();
      long beganMs = waits.nowMs();
      long began = waits.nowNanos();
      polledNanos = 0;
      List<SourceRecord> polled = pollTask();
      if (polled == null) {
        return List.of();
      }
      if (!polled.isEmpty()) {
        polledNanos = Math.max(1, waits.nowNanos() - began);
      }
      Counters counters = setup.environment().counters();
      counters.add(Count.SOURCE_POLLED, polled.size());
      counters.add(Count.SOURCE_ACTIVE, polled.size());
      counters.sample(Sample.SOURCE_ACTIVE, counters.get(Count.SOURCE_ACTIVE));
      counters.sample(Sample.POLL_MS, waits.nowMs() - beganMs);
      counters.sample(Sample.BATCH_RECORDS, polled.size());
      return polled;
    }

    private List<SourceRecord> pollTask() throws Exception {
      Counters counters = setup.environment().counters();
      counters.set(Count.CALL_BEGAN_AT, setup.environment().waits().nowMs());
      try {
        List<SourceRecord> polled = task.poll();
        rests.over(Cause.PLUGIN);
        return polled;
      } catch (org.apache.kafka.connect.errors.RetriableException
          | org.apache.kafka.common.errors.RetriableException e) {
        rests.rest(Cause.PLUGIN, "the source", e);
        return null;
      } finally {
        counters.set(Count.CALL_BEGAN_AT, 0);
      }
    }

    @Override
    public void pause() throws Exception {
      setup.environment().goesOn(Cause.PLUGIN);
      if (loan.isOut()) {
        loan.takeBack();
      }
      if (!sending.isOpen()) {
        delivery.get().pausing();
      }
    }

    /** What a failure for the moment has left of a batch is sent while paused. */
    @Override
    public void idle() throws Exception {
      delivery.get().upkeep();
      if (sending.isOpen()) {
        sending.send();
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
      if (loan != null && loan.isOut()) {
        closer.close(loan::takeBack);
      }
      if (started && !signals.cancelled()) {
        boolean broken = failed || loan.failed() || sending.isOpen();
        closer.close(() -> opened.finish(broken, sending.unsent()));
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
      pipelines.forEach(pipeline -> closer.close(pipeline::close));
      closer.rethrow();
    }
  }
}
