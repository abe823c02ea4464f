package dev.millrace.worker;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Fact;
import dev.millrace.model.Membership;
import dev.millrace.model.Rejection;
import dev.millrace.model.TasksRefusal;
import dev.millrace.model.WorkId;
import dev.millrace.model.control.Action;
import dev.millrace.model.control.ControlCore;
import dev.millrace.model.control.Event;
import dev.millrace.model.control.Held;
import dev.millrace.model.restarts.NextRestart;
import dev.millrace.model.restarts.RestartPolicy;
import dev.millrace.worker.cluster.Cluster;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one {@link ControlCore}: the control thread takes events from one bounded queue and
 * performs the core's actions, none of which blocks. An exception here is a broken invariant: the
 * worker dies of it.
 */
final class Shell {

  private static final Logger LOG = LoggerFactory.getLogger(Shell.class);
  private static final int QUEUE_BOUND = 10_000;
  private static final long TICK_MS = 100;
  private static final long SUSPENDED_MS = 1_000; // between two events, with a tick each 100 ms
  private static final Duration CONTROL_STOP = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofMinutes(2);

  private final ControlCore core;
  private final String member;
  private final Cluster cluster;
  private final Consumer<Fact.LevelSet> levels;
  private final Crew crew;
  private final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(QUEUE_BOUND);
  private final Deque<Event> own = new ArrayDeque<>(); // made by the control thread itself
  private final Map<Long, CompletableFuture<CommandResult>> requests = new ConcurrentHashMap<>();
  private final AtomicLong requestNumbers = new AtomicLong();
  private final CompletableFuture<Void> death = new CompletableFuture<>();
  private final CompletableFuture<Void> joined = new CompletableFuture<>();
  private final Thread thread = new Thread(this::run, "control");
  private volatile ClusterState state = ClusterState.EMPTY;
  private Map<WorkId, NextRestart> restartsAhead = Map.of(); // confined to the control thread
  private final Stages stages = new Stages(InstantSource.system());
  private final OffsetWaits offsetWaits = new OffsetWaits();
  private ClusterState looked = ClusterState.EMPTY; // confined to the control thread, as the core
  private Membership membership = Membership.NONE;
  private boolean decides;
  private boolean settling;
  private final AtomicInteger losses = new AtomicInteger(); // of the membership, still in the queue
  private long handledAt = Long.MAX_VALUE; // confined to the control thread
  private final AtomicBoolean closeBegun = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean closing;

  /**
   * A shell that has not begun.
   *
   * @param levels told of levels that are set while this worker runs; must not wait
   * @param crewMaker the crew sends its events to {@link #accept}
   */
  Shell(
      String member,
      Cluster cluster,
      RestartPolicy restarts,
      Consumer<Fact.LevelSet> levels,
      CrewMaker crewMaker) {
    this.levels = levels;
    this.member = member;
    this.core = new ControlCore(member, cluster.times(), restarts);
    this.cluster = cluster;
    this.crew = crewMaker.make(this::accept);
  }

  /** Makes the crew whose events go to this consumer. */
  interface CrewMaker {
    Crew make(Consumer<Event> events);
  }

  void start() {
    thread.start();
    cluster.start(this::accept, this::die);
  }

  /** What the log says, as far as it has been read. */
  ClusterState state() {
    return state;
  }

  /** Waits until the state is that of the log up to this offset; whether that was in time. */
  boolean awaitOffset(long offset, Duration atMost) {
    return offsetWaits.await(offset, atMost);
  }

  /** Done when the log has been read and this worker is a member; fails when that is impossible. */
  CompletableFuture<Void> joined() {
    return joined;
  }

  /** Completed when the worker is over: normally after a stop, exceptionally when it died. */
  CompletableFuture<Void> death() {
    return death;
  }

  /**
   * Has the command carried out within this time; the future's result is visible in {@link #state}
   * when it completes, which may be on the control thread: who waits for it is woken without a
   * detour, and whatever else is attached must not wait.
   */
  CompletableFuture<CommandResult> ask(Command command, Duration atMost) {
    if (closing) return CompletableFuture.completedFuture(stopping());
    long number = requestNumbers.incrementAndGet();
    var reply = new CompletableFuture<CommandResult>();
    requests.put(number, reply);
    var answered =
        reply.orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS).exceptionally(late -> timedOut());
    var unused = answered.whenComplete((result, error) -> requests.remove(number));
    accept(new Event.Asked(number, command));
    return answered;
  }

  /**
   * Stops control, so that nobody starts work any more, then all work, then the log. Idempotent: a
   * second caller waits for the first. From any thread but control.
   */
  void close() {
    if (!closeBegun.compareAndSet(false, true)) {
      awaitClosed();
      return;
    }
    try {
      closing = true;
      thread.interrupt();
      awaitControl();
      crew.close();
      cluster.close();
      requests.values().forEach(reply -> reply.complete(stopping()));
    } finally {
      closed.countDown();
      death.complete(null);
    }
  }

  private void awaitControl() {
    try {
      thread.join(CONTROL_STOP.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitClosed() {
    try {
      if (!closed.await(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("The worker is still being closed after {}", CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Takes an event from any thread; waits while the queue is full. An interrupt, which plugins may
   * leave behind on their thread, is kept and costs no event.
   */
  void accept(Event event) {
    if (event instanceof Event.Isolated) losses.incrementAndGet();
    if (Thread.currentThread() == thread) {
      own.add(event);
      return;
    }
    boolean interrupted = Thread.interrupted();
    boolean taken = false;
    while (!taken && !closing) {
      try {
        taken = queue.offer(event, TICK_MS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) Thread.currentThread().interrupt();
  }

  private void run() {
    try {
      while (!closing) handle(next());
    } catch (InterruptedException e) {
      LOG.debug("control thread ends");
    } catch (RuntimeException | Error e) {
      die(e);
    }
  }

  private static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  private Event next() throws InterruptedException {
    if (!own.isEmpty()) return own.poll();
    long left = core.dueAt() - now();
    var event = queue.poll(Math.min(TICK_MS, left), TimeUnit.MILLISECONDS);
    return event == null ? new Event.Tick() : event;
  }

  /**
   * That the membership is lost overtakes everything else in the queue: after the process was
   * suspended, that may be old. So may be a generation that was lost in the meantime.
   */
  private void handle(Event event) {
    long now = now();
    if (now - handledAt > SUSPENDED_MS && hasRoom()) cluster.checkContact();
    handledAt = now;
    if (event instanceof Event.Isolated) {
      losses.decrementAndGet();
    } else if (losses.get() > 0) {
      if (!core.membership().equals(Membership.NONE)) step(now, new Event.Isolated());
      if (event instanceof Event.Joined) return;
    }
    step(now, event);
  }

  /** Whoever has to tell something is not waiting for the queue, perhaps with a lock. */
  private boolean hasRoom() {
    return queue.remainingCapacity() > QUEUE_BOUND / 2;
  }

  private void step(long now, Event event) {
    var actions = core.step(now, event);
    if (event instanceof Event.FactRead(var at, var fact)) {
      // before the state is published, so that who awaits it finds it done
      if (fact instanceof Fact.LevelSet set && joined.isDone()) levels.accept(set);
      publish(fact.connector());
    }
    if (event instanceof Event.Passed) publish("");
    look(event);
    stages.saw(event);
    actions.forEach(this::perform);
    tellRestarts(now);
    if (event instanceof Event.Joined) joined.complete(null);
    if (event instanceof Event.WorkStopped(var id)) ended(id);
  }

  private void look(Event event) {
    boolean same =
        looked == state && membership.equals(core.membership()) && decides == core.decides();
    if (same && !(event instanceof Event.Tick)) return;
    looked = state;
    if (!membership.equals(core.membership())) joined(core.membership());
    membership = core.membership();
    decides = core.decides();
    settle();
    cluster.look(state, membership, decides);
    if (core.knowsAll()) cluster.sweep(state, membership);
  }

  private void joined(Membership next) {
    if (next.equals(Membership.NONE)) return;
    String leader = cluster.members().urlOf(next.leader()).orElse("");
    crew.metrics().joined(leader, next.generation());
    settling = true;
  }

  /** The generation's changes are done when nothing is being stopped any more. */
  private void settle() {
    if (!settling
        || core.held().values().stream().anyMatch(h -> h.phase() == Held.Phase.STOPPING)) {
      return;
    }
    crew.metrics().settled();
    settling = false;
  }

  /** What is not here and not ours is not told of any more, also when it had ended before. */
  private void ended(WorkId id) {
    if (!state.workOfConnector(id.connector()).containsKey(id)) crew.forget(id);
    else if (!member.equals(state.holders().get(id))) crew.release(id);
  }

  /** The core counts from some moment; people have a calendar. */
  private void tellRestarts(long now) {
    if (core.restartsAhead().equals(restartsAhead)) return;
    restartsAhead = Map.copyOf(core.restartsAhead());
    long offset = System.currentTimeMillis() - now;
    var told = new HashMap<WorkId, NextRestart>();
    restartsAhead.forEach(
        (id, next) -> told.put(id, new NextRestart(next.attempt(), next.atMs() + offset)));
    crew.restartsAhead(told);
  }

  /** The state is another one by a fact about this connector. */
  private void publish(String connector) {
    var before = state;
    state = core.state();
    offsetWaits.reached(state.offset());
    tellExpected(before, state);
    before.workOfConnector(connector).keySet().stream()
        .filter(id -> !core.held().containsKey(id))
        .forEach(this::ended);
  }

  private void tellExpected(ClusterState before, ClusterState newer) {
    if (!joined.isDone() || before.expected().equals(newer.expected())) return;
    newer
        .expected()
        .forEach(
            (worker, expectation) -> {
              if (expectation.equals(before.expected().get(worker))) return;
              LOG.info(
                  "{} is about to be restarted: its work is held for up to {} ms",
                  worker,
                  expectation.holdMs());
            });
    before.expected().keySet().stream()
        .filter(worker -> !newer.expected().containsKey(worker))
        .forEach(worker -> LOG.info("{} is not expected back any more", worker));
  }

  private void perform(Action action) {
    stages.asks(action);
    switch (action) {
      case Action.Start(var spec) ->
          crew.start(spec, core.state().connectors().get(spec.id().connector()));
      case Action.Stop(var id) -> crew.stop(id);
      case Action.Retarget(var id, var target) -> crew.retarget(id, target);
      case Action.Claim(var generation) -> cluster.log().claim(generation);
      case Action.Append(var claim, var proposal, var facts) ->
          cluster.log().append(claim, proposal, facts);
      case Action.Report(var held, var offset) -> cluster.report(held, offset);
      case Action.Submit(var command) -> submit(command);
      case Action.RefuseTasks(var refusal) -> refuse(refusal);
      case Action.Fail(var instance, var why) -> crew.fail(instance, why);
      case Action.Reply(var request, var result) -> reply(request, result);
    }
  }

  private void submit(Command command) {
    if (member.equals(core.membership().leader())) own.add(new Event.Asked(0, command));
    else cluster.submit(command);
  }

  private void refuse(TasksRefusal refusal) {
    String holder = core.state().holders().get(WorkId.instance(refusal.connector()));
    if (member.equals(holder)) own.add(new Event.TasksRefused(refusal));
    else cluster.refuse(refusal);
  }

  private void reply(long request, CommandResult result) {
    var reply = requests.get(request);
    if (reply != null) reply.complete(result);
  }

  /** Takes what became of something that the worker cannot be without. */
  void dieOf(Void done, Throwable error) {
    if (error != null && !closing) die(error);
  }

  private void die(Throwable error) {
    LOG.error("The worker cannot go on", error);
    joined.completeExceptionally(error);
    Thread.ofPlatform().daemon().name("worker-death").start(() -> closeDead(error));
  }

  private void closeDead(Throwable error) {
    death.completeExceptionally(error);
    close();
  }

  private static CommandResult stopping() {
    return new CommandResult.Rejected(
        new Rejection(Rejection.Code.UNAVAILABLE, "The worker is stopping", "Ask another worker"));
  }

  /** What control does or did last, as a sentence; empty when nothing is known. */
  String stage() {
    return (stages.sentence(cluster.unwritten()) + " " + cluster.blocked()).strip();
  }

  private CommandResult timedOut() {
    var message = ("Request timed out. " + stage()).strip();
    return new CommandResult.Rejected(new Rejection(Rejection.Code.UNKNOWN_FATE, message, ""));
  }
}
