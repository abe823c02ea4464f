package dev.millrace.worker;

import dev.millrace.engine.WorkListener;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkSpec;
import dev.millrace.model.WorkStatus;
import dev.millrace.model.control.Event;
import dev.millrace.worker.metrics.WorkMeter;
import dev.millrace.worker.metrics.WorkerMetrics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The threads that do the work: one for each connector instance and each task. Whatever becomes of
 * a piece of work is written on the status board and told to the control thread. Its methods return
 * at once and may be called from any thread.
 *
 * <p>Work that does not stop within its time is abandoned: its clients are cut off, its thread is
 * left behind, and control goes on without it (compat: semantics §3).
 */
final class Crew {

  private static final Logger LOG = LoggerFactory.getLogger(Crew.class);

  private static final long TICK_SECONDS = 1;

  private final RunnerFactory factory;
  private final StatusBoard board;
  private final WorkerMetrics metrics;
  private final String worker;
  private final Duration stopTimeout;
  private final Consumer<Event> events;
  private final Map<WorkId, Post> posts = new ConcurrentHashMap<>();
  private volatile boolean closed;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "stop-timer"));
  private final ExecutorService cancels =
      Executors.newCachedThreadPool(task -> daemon(task, "cancel"));

  /**
   * A crew without work.
   *
   * @param worker worker id written into statuses
   * @param stopTimeout how long work may take to stop
   */
  Crew(
      RunnerFactory factory,
      StatusBoard board,
      WorkerMetrics metrics,
      String worker,
      Duration stopTimeout,
      Consumer<Event> events) {
    this.factory = factory;
    this.board = board;
    this.metrics = metrics;
    this.worker = worker;
    this.stopTimeout = stopTimeout;
    this.events = events;
    every(() -> posts.values().forEach(Post::tick));
    every(metrics::tick);
  }

  private void every(Runnable task) {
    var unused = timer.scheduleWithFixedDelay(task, TICK_SECONDS, TICK_SECONDS, TimeUnit.SECONDS);
  }

  void start(WorkSpec spec, ConnectorState connector) {
    if (closed) return;
    var post = new Post(spec, connector);
    posts.put(spec.id(), post);
    post.become(WorkStatus.STARTING);
    post.thread.start();
  }

  void stop(WorkId id) {
    var post = posts.get(id);
    if (post != null) post.stop();
  }

  void retarget(WorkId id, TargetState target) {
    var post = posts.get(id);
    if (post != null) post.retarget(target);
  }

  /** Forgets the status of work that is wanted no more. */
  void forget(WorkId id) {
    if (!posts.containsKey(id)) board.remove(id);
  }

  /** Stops everything; returns when all has ended or has been abandoned. */
  void close() {
    closed = true;
    var left = List.copyOf(posts.values());
    left.forEach(Post::stop);
    for (var post : left) post.awaitEnd(stopTimeout.plusSeconds(1));
    timer.shutdownNow();
    cancels.shutdown();
  }

  private static Thread daemon(Runnable task, String name) {
    var thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** One piece of work and its thread. Guarded by itself. */
  private final class Post implements WorkListener {
    private final WorkSpec spec;
    private final WorkMeter meter;
    private final Thread thread;
    private final CountDownLatch over = new CountDownLatch(1);
    private Future<?> deadline = CompletableFuture.completedFuture(null);
    private Runner runner;
    private TargetState target;
    private WorkStatus status;
    private boolean stopping;
    private boolean ended;

    Post(WorkSpec spec, ConnectorState connector) {
      this.spec = spec;
      this.meter = metrics.open(spec.id());
      this.target = spec.target();
      this.thread = daemon(() -> run(connector), threadName(spec.id()));
    }

    private static String threadName(WorkId id) { // compat: semantics §13
      return (id.isInstance() ? "connector-thread-" : "task-thread-") + id;
    }

    @SuppressWarnings("CatchingUnchecked") // whatever plugin code throws must end up in the status
    private void run(ConnectorState connector) {
      MDC.put("connector.context", logContext(spec.id()));
      try {
        meter.begin();
        var made = factory.make(spec, connector, this, meter);
        if (adopt(made)) made.run();
        else stopped();
      } catch (Throwable error) {
        LOG.error("{} failed", spec.id(), error);
        failed(error);
      } finally {
        end();
      }
    }

    private static String logContext(WorkId id) {
      return "[" + id.connector() + "|" + (id.isInstance() ? "worker" : "task-" + id.task()) + "] ";
    }

    private synchronized boolean adopt(Runner made) {
      runner = made;
      board.watch(spec.id(), made::waiting);
      if (target == TargetState.STARTED) made.resume();
      else made.pause();
      return !stopping;
    }

    synchronized void retarget(TargetState wanted) {
      target = wanted;
      if (runner == null) return;
      if (wanted == TargetState.STARTED) runner.resume();
      else runner.pause();
      if (status.phase() == WorkStatus.Phase.PAUSED) become(WorkStatus.PAUSED);
    }

    synchronized void stop() {
      if (ended || stopping) {
        if (ended) cancels.execute(this::told); // reporters of metrics are others' code
        return;
      }
      stopping = true;
      become(WorkStatus.STOPPING);
      if (runner != null) runner.stop();
      deadline =
          timer.schedule(
              () -> cancels.execute(this::abandon), stopTimeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A commit that is due must not wait for a task that is inside a long poll. */
    void tick() {
      Runner present;
      synchronized (this) {
        present = ended ? null : runner;
      }
      try {
        if (present != null) present.tick();
      } catch (RuntimeException | Error e) { // of a plugin's maps: the others' commits must go on
        LOG.error("{}: a commit could not be begun", spec.id(), e);
      }
    }

    private void abandon() {
      Runner late;
      synchronized (this) {
        if (ended) return;
        ended = true;
        late = runner;
        String where = stackOf(thread);
        LOG.warn("{} did not stop within {} and is left behind\n{}", spec.id(), stopTimeout, where);
        become(WorkStatus.abandoned(where));
      }
      told();
      if (late != null) late.cancel();
    }

    private static String stackOf(Thread thread) {
      return Arrays.stream(thread.getStackTrace())
          .map(frame -> "\tat " + frame)
          .collect(Collectors.joining("\n"));
    }

    private void end() {
      meter.pluginsClosed();
      boolean tell;
      synchronized (this) {
        tell = !ended && stopping;
        deadline.cancel(false);
        ended = true;
        if (tell && status.mayBecome(WorkStatus.STOPPED)) become(WorkStatus.STOPPED);
      }
      if (tell) told();
      over.countDown();
    }

    /** Control learns that the work is not here any more. */
    private void told() {
      posts.remove(spec.id(), this);
      meter.close();
      over.countDown();
      events.accept(new Event.WorkStopped(spec.id()));
    }

    void awaitEnd(Duration atMost) {
      try {
        if (!over.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
          LOG.warn("{} is still there after {}", spec.id(), atMost);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private synchronized void become(WorkStatus next) {
      status = next;
      String version = runner == null ? "" : runner.version();
      board.put(spec.id(), new StatusBoard.Entry(shown(next), worker, version));
      meter.became(shown(next));
    }

    /** A connector that is paused because it shall be stopped is shown as stopped. */
    private WorkStatus shown(WorkStatus own) {
      boolean parked = own.phase() == WorkStatus.Phase.PAUSED && target == TargetState.STOPPED;
      return parked ? WorkStatus.STOPPED : own;
    }

    private synchronized void move(WorkStatus next) {
      if (!ended && status.mayBecome(next)) become(next);
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
      synchronized (this) {
        if (ended || stopping) return;
        become(WorkStatus.failed(traceOf(error)));
      }
      events.accept(new Event.WorkFailed(spec.id()));
    }

    @Override
    public void stopped() {
      // told at the thread's end
    }

    @Override
    public void tasksGenerated(List<Map<String, String>> configs) {
      synchronized (this) {
        if (ended || stopping) return;
      }
      events.accept(new Event.TasksGenerated(spec.id().connector(), spec.asOf(), configs));
    }

    @Override
    public void tasksFailed(Throwable error) {
      LOG.warn("Connector {} could not make its task configurations", spec.id(), error);
    }

    private static String traceOf(Throwable error) {
      var text = new StringWriter();
      error.printStackTrace(new PrintWriter(text));
      return text.toString();
    }
  }
}
