package dev.millrace.worker;

import dev.millrace.engine.Traces;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.Rejection;
import dev.millrace.model.TargetState;
import dev.millrace.model.Waiting;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkSpec;
import dev.millrace.model.WorkStatus;
import dev.millrace.model.control.Event;
import dev.millrace.worker.metrics.WorkMeter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One piece of work and its thread, which comes and goes. Whatever becomes of it is written on the
 * status board and told to the control thread. Guarded by itself; no plugin code runs while it is
 * held.
 */
final class Post implements RunnerFactory.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(Post.class);
  private static final String CONTEXT = "connector.context";

  private final WorkSpec spec;
  private final ConnectorState connector;
  private final Crew crew;
  private final WorkMeter meter;
  private final OnDemandThread thread;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private Future<?> deadline = CompletableFuture.completedFuture(null);
  private volatile Secrets secrets = Secrets.NONE;
  private Life life;
  private StatusBoard.LeftBehind leftBehind; // once it has been abandoned

  /**
   * What changes.
   *
   * @param runner null until it was made
   * @param stopping whether a stop was asked for
   * @param ended whether nothing is to be reported any more
   */
  private record Life(
      Runner runner, TargetState target, WorkStatus status, boolean stopping, boolean ended) {
    Life with(Runner made) {
      return new Life(made, target, status, stopping, ended);
    }

    Life wanting(TargetState newer) {
      return new Life(runner, newer, status, stopping, ended);
    }

    Life in(WorkStatus next) {
      return new Life(runner, target, next, stopping, ended);
    }

    Life toStop() {
      return new Life(runner, target, status, true, ended);
    }

    Life atEnd() {
      return new Life(runner, target, status, stopping, true);
    }

    /** A connector that is paused because it shall be stopped is shown as stopped. */
    WorkStatus shown() {
      boolean parked = status.phase() == WorkStatus.Phase.PAUSED && target == TargetState.STOPPED;
      return parked ? WorkStatus.STOPPED : status;
    }
  }

  /** Work that has not begun. */
  Post(WorkSpec spec, ConnectorState connector, Crew crew) {
    this.spec = spec;
    this.connector = connector;
    this.crew = crew;
    this.life = new Life(null, spec.target(), WorkStatus.STARTING, false, false);
    this.meter = crew.metrics().open(spec.id());
    this.thread = new OnDemandThread(crew.threads(), threadName(spec.id()), this::turn);
  }

  WorkId id() {
    return spec.id();
  }

  /** Completed when the work has ended or was abandoned. */
  CompletableFuture<Void> over() {
    return over;
  }

  /** Starts the thread. */
  synchronized void begin() {
    become(WorkStatus.STARTING);
    thread.call();
  }

  private static String threadName(WorkId id) { // compat: semantics §13
    return (id.isInstance() ? "connector-thread-" : "task-thread-") + id;
  }

  @SuppressWarnings("CatchingUnchecked") // whatever plugin code throws must end up in the status
  private boolean turn() {
    MDC.put(CONTEXT, logContext(spec.id()));
    boolean over = true;
    try {
      var present = runner();
      over = (present == null ? make() : present).run();
    } catch (Throwable error) {
      failed(error);
    } finally {
      if (over) end();
    }
    return over;
  }

  private synchronized Runner runner() {
    return life.runner();
  }

  private Runner make() {
    meter.begin();
    var made = crew.factory().make(spec, connector, this, meter);
    adopt(made);
    return made;
  }

  @Override
  public void wanted() {
    thread.call();
  }

  private static String logContext(WorkId id) {
    return "[" + id.connector() + "|" + (id.isInstance() ? "worker" : "task-" + id.task()) + "] ";
  }

  /** One whose stop came while it was made runs too, to its end at once: it holds things. */
  private synchronized void adopt(Runner made) {
    life = life.with(made);
    if (!life.ended()) crew.board().watch(spec.id(), () -> made.waiting().map(this::shown));
    made.retarget(life.target());
    if (life.stopping()) made.stop();
  }

  private Waiting shown(Waiting waiting) {
    return new Waiting(hidden(waiting.what()), waiting.sinceMs());
  }

  /** Failed work is not brought back by a pause or resume (compat: semantics §1). */
  synchronized void retarget(TargetState wanted) {
    life = life.wanting(wanted);
    if (life.status().phase() == WorkStatus.Phase.FAILED) {
      LOG.info("{} has failed: {} takes effect when it is restarted", spec.id(), wanted);
      return;
    }
    if (life.runner() == null) return;
    life.runner().retarget(wanted);
    if (life.status().phase() == WorkStatus.Phase.PAUSED) become(WorkStatus.PAUSED);
  }

  /** Wants it over, within the time that stops may take. */
  synchronized void stop() {
    if (life.ended()) {
      crew.aside(this::told); // reporters of metrics are others' code
      return;
    }
    if (life.stopping()) return;
    life = life.toStop();
    become(WorkStatus.STOPPING);
    if (life.runner() != null) life.runner().stop();
    deadline = crew.afterStopTimeout(this::abandon);
  }

  /** The tasks that the connector wants cannot be stored: it fails as by an error of its own. */
  void refused(Rejection why) {
    Runner present = runner();
    if (present == null) return;
    present.fail(
        new ConnectException(
            "The new tasks of connector %s could not be stored, so that its tasks stay as they are. %s. %s, then restart the connector or change its configuration"
                .formatted(spec.id().connector(), why.message(), why.hint())));
  }

  /** A commit that is due must not wait for a task that is inside a long poll. */
  void tick() {
    Runner present;
    synchronized (this) {
      present = life.ended() ? null : life.runner();
    }
    if (present == null) return;
    MDC.put(CONTEXT, logContext(spec.id()).replace("] ", "|offsets] "));
    try {
      present.tick();
    } catch (RuntimeException | Error e) { // of a plugin's maps: the others' commits must go on
      LOG.error("{}: a commit could not be begun: {}", spec.id(), secrets.hiddenTrace(e));
    } finally {
      MDC.remove(CONTEXT);
    }
  }

  /** Looks whether its thread is inside plugin code for too long. */
  void look(StallWatch stalls) {
    boolean over;
    synchronized (this) {
      over = life.ended();
    }
    if (over) stalls.over(spec.id());
    else stalls.look(spec.id(), threads(), meter.counters().turnBeganMs());
  }

  /** Its own, which it may wait in for those that help. */
  private List<Thread> threads() {
    var all = new ArrayList<>(thread.present().stream().toList());
    Runner present = runner();
    if (present != null) all.addAll(present.helpers());
    return all;
  }

  private void abandon() {
    Runner late;
    synchronized (this) {
      if (life.ended()) return;
      life = life.atEnd();
      late = life.runner();
      leaveBehind();
    }
    told();
    if (late != null) late.cancel();
  }

  private void leaveBehind() {
    String where = threads().stream().map(Post::stackOf).collect(Collectors.joining("\n"));
    leftBehind =
        new StatusBoard.LeftBehind(spec.id(), thread.present().map(Thread::threadId).orElse(0L));
    int left = crew.board().leaveBehind(leftBehind);
    LOG.warn(
        "{} did not stop within {}. Its thread is left behind; threads left behind by now: {}."
            + " It is here:\n{}",
        spec.id(),
        crew.stopTimeout(),
        left,
        where);
    become(WorkStatus.abandoned(where));
  }

  private static String stackOf(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .map(frame -> "\tat " + frame)
        .collect(Collectors.joining("\n"));
  }

  private void end() {
    closed(meter::pluginsClosed);
    boolean tell;
    synchronized (this) {
      boolean late = life.ended();
      tell = !late && life.stopping();
      deadline.cancel(false);
      life = life.atEnd();
      if (tell && life.status().mayBecome(WorkStatus.STOPPED)) become(WorkStatus.STOPPED);
      if (late) returned();
    }
    if (tell) told();
    over.complete(null);
  }

  private void returned() {
    crew.board().cameBack(leftBehind);
    LOG.info("The thread of {} that was left behind has ended", spec.id());
  }

  /** Control learns that the work is not here any more. */
  private void told() {
    crew.gone(this);
    closed(meter::close);
    over.complete(null);
    crew.tell(new Event.WorkStopped(spec.id()));
  }

  /** Reporters of metrics, which are others' code, must not keep the end of work from control. */
  private void closed(Runnable metrics) {
    try {
      metrics.run();
    } catch (RuntimeException | Error e) {
      LOG.error("{}: its metrics could not be closed: {}", spec.id(), Traces.of(e));
    }
  }

  private synchronized void become(WorkStatus next) {
    life = life.in(next);
    String version = life.runner() == null ? "" : life.runner().version();
    var entry = new StatusBoard.Entry(life.shown(), crew.worker(), version);
    crew.board().put(spec.id(), entry, spec.asOf());
    meter.became(life.shown());
  }

  private synchronized void move(WorkStatus next) {
    if (!life.ended() && life.status().mayBecome(next)) become(next);
  }

  @Override
  public void knows(Secrets newer) {
    secrets = secrets.and(newer);
  }

  @Override
  public String hidden(String text) {
    return secrets.hiddenIn(text);
  }

  @Override
  public void started() {
    move(WorkStatus.RUNNING);
  }

  @Override
  public void paused() {
    move(WorkStatus.PAUSED);
  }

  @Override
  public void resumed() {
    move(WorkStatus.RUNNING);
  }

  @Override
  public void failed(Throwable error) {
    String trace = secrets.hiddenTrace(error);
    synchronized (this) {
      if (life.ended() || life.stopping()) {
        failedStopping(error);
        return;
      }
      LOG.error("{} failed and stays so until it is restarted: {}", spec.id(), trace);
      become(WorkStatus.failed(trace));
    }
    crew.tell(new Event.WorkFailed(spec.id(), PermanentErrors.contains(error)));
  }

  @Override
  public void failedStopping(Throwable error) {
    LOG.warn("{} failed while it was being stopped: {}", spec.id(), secrets.hiddenTrace(error));
  }

  @Override
  public void topicUsed(String topic) {
    crew.board().topicUsed(spec.id(), topic);
  }

  @Override
  public void stopped() {
    // told at the thread's end
  }

  @Override
  public void tasksGenerated(List<Map<String, String>> configs) {
    synchronized (this) {
      if (life.ended() || life.stopping()) return;
    }
    crew.tell(new Event.TasksGenerated(spec.id().connector(), spec.asOf(), configs));
  }

  @Override
  public void tasksFailed(Throwable error) {
    LOG.warn(
        "Connector {} could not make its task configurations and will be asked again: {}",
        spec.id(),
        secrets.hiddenTrace(error));
  }
}
