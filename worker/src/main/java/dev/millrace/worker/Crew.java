package dev.millrace.worker;

import dev.millrace.model.ConnectorState;
import dev.millrace.model.Rejection;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkSpec;
import dev.millrace.model.control.Event;
import dev.millrace.model.restarts.NextRestart;
import dev.millrace.worker.metrics.WorkerMetrics;
import dev.millrace.worker.threads.LentThreads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that do the work: one {@link Post} for each connector instance and each task. Its
 * methods return at once and may be called from any thread, except {@link #close}.
 *
 * <p>Work that does not stop within its time is abandoned: its clients are cut off, its thread is
 * left behind, and control goes on without it (compat: semantics §3).
 */
final class Crew {

  private static final Logger LOG = LoggerFactory.getLogger(Crew.class);

  private static final long TICK_SECONDS = 1;
  private static final Duration CLOSE_SLACK = Duration.ofSeconds(2);

  private final RunnerFactory factory;
  private final StatusBoard board;
  private final WorkerMetrics metrics;
  private final String worker;
  private final Duration stopTimeout;
  private final Consumer<Event> events;
  private final Map<WorkId, Post> posts = new ConcurrentHashMap<>();
  private final LentThreads threads = new LentThreads("work-idle");
  private volatile boolean closed;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "stop-timer"));
  private final ScheduledExecutorService ticks = // which may be slow: deadlines do not wait
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "work-tick"));
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
  }

  private void every(Runnable task) {
    var unused = ticks.scheduleWithFixedDelay(task, TICK_SECONDS, TICK_SECONDS, TimeUnit.SECONDS);
  }

  void start(WorkSpec spec, ConnectorState connector) {
    if (closed) return;
    var post = new Post(spec, connector, this);
    posts.put(spec.id(), post);
    post.begin();
  }

  void stop(WorkId id) {
    var post = posts.get(id);
    if (post != null) post.stop();
  }

  void retarget(WorkId id, TargetState target) {
    var post = posts.get(id);
    if (post != null) post.retarget(target);
  }

  /** The instance fails: the tasks that it wants cannot be. */
  void fail(WorkId instance, Rejection why) {
    var post = posts.get(instance);
    if (post != null) post.refused(why);
  }

  /** From now on work that does not return from a call of plugin code is reported. */
  Crew reporting(StallWatch stalls) {
    every(
        () -> {
          posts.values().forEach(post -> post.look(stalls));
          stalls.keepOnly(posts.keySet());
        });
    return this;
  }

  /** Failed work is restarted then; milliseconds since 1970. */
  void restartsAhead(Map<WorkId, NextRestart> ahead) {
    board.restartsAhead(ahead);
  }

  /** The work is another worker's from now on. */
  void release(WorkId id) {
    if (!posts.containsKey(id)) board.release(id);
  }

  /** Forgets the status of work that is wanted no more. */
  void forget(WorkId id) {
    if (!posts.containsKey(id)) board.remove(id);
  }

  /** Stops everything at once; returns when all has ended or has been abandoned. May block. */
  void close() {
    closed = true;
    var left = List.copyOf(posts.values());
    left.forEach(Post::stop);
    awaitAll(left);
    timer.shutdownNow();
    ticks.shutdownNow();
    cancels.shutdown();
    threads.close();
  }

  private void awaitAll(List<Post> left) {
    var all =
        CompletableFuture.allOf(left.stream().map(Post::over).toArray(CompletableFuture<?>[]::new));
    try {
      all.get(stopTimeout.plus(CLOSE_SLACK).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      var there = left.stream().filter(post -> !post.over().isDone()).map(Post::id).toList();
      LOG.warn("{} are still there though their time to stop has passed", there);
    } catch (ExecutionException e) {
      throw new AssertionError("an end does not fail", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs it when the time to stop has passed, on a thread where it may block. */
  Future<?> afterStopTimeout(Runnable what) {
    return timer.schedule(
        () -> cancels.execute(what), stopTimeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  static Thread daemon(Runnable task, String name) {
    var thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** The post's work is here no more. */
  void gone(Post post) {
    posts.remove(post.id(), post);
  }

  void tell(Event event) {
    events.accept(event);
  }

  WorkerMetrics metrics() {
    return metrics;
  }

  /** Runs it on a thread where it may block. */
  void aside(Runnable what) {
    cancels.execute(what);
  }

  LentThreads threads() {
    return threads;
  }

  RunnerFactory factory() {
    return factory;
  }

  StatusBoard board() {
    return board;
  }

  String worker() {
    return worker;
  }

  Duration stopTimeout() {
    return stopTimeout;
  }
}
