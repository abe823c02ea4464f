package dev.millrace.model.control;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Membership;
import dev.millrace.model.Rejection;
import dev.millrace.model.Restart;
import dev.millrace.model.TargetState;
import dev.millrace.model.TasksRefusal;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkSpec;
import dev.millrace.model.restarts.Comebacks;
import dev.millrace.model.restarts.NextRestart;
import dev.millrace.model.restarts.RestartPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * One worker's deterministic mind: the same events at the same times give the same actions. Owned
 * by one thread; never blocks. Everything is level-triggered: the difference between wanted and
 * actual is computed again at each step, never remembered in flags; of all work at each tick and
 * change of membership, and of one connector's after an event that can concern no other.
 */
public final class ControlCore {

  private record Generated(long asOf, List<Map<String, String>> tasks) {}

  /** When tasks are handed over again, and how long after that. */
  private record Repeat(long atMs, long pauseMs) {}

  private final String self;
  private final ControlTimes times;
  private final Leadership leadership;
  private final RestartPolicy restarts;
  private final Comebacks comebacks;
  private final SortedMap<WorkId, Held> held = new TreeMap<>();
  private final SortedMap<String, Generated> generated = new TreeMap<>();
  private final SortedSet<String> toHandOver = new TreeSet<>(); // the log may not have them
  private final Map<String, Repeat> repeats = new TreeMap<>(); // of what is handed over
  private long handOverAt = Long.MIN_VALUE; // before that nothing is due
  private ClusterState state = ClusterState.EMPTY;
  private ClusterState mineOf = ClusterState.EMPTY;
  private SortedMap<WorkId, WorkSpec> mine = Collections.emptySortedMap(); // by that state
  private Membership membership = Membership.NONE;
  private boolean returning; // was out of the group: leases of ours may be others' by now
  private Rejection trouble; // with the log, or null
  private Membership reconciled = Membership.NONE; // in which nothing was left to be done
  private boolean reconciledActing;
  private long dueAt = Long.MAX_VALUE;
  private Reported reported = new Reported(-1, -1, Set.of(), Long.MIN_VALUE);
  private boolean reportedEnded; // some of what was reported

  /** What the leader of that generation was told. */
  private record Reported(int generation, long offset, Set<WorkId> held, long againAt) {}

  /**
   * A core that knows nothing yet.
   *
   * @param self this incarnation's member id
   */
  public ControlCore(String self, ControlTimes times) {
    this(self, times, RestartPolicy.DEFAULT);
  }

  /**
   * A core that knows nothing yet.
   *
   * @param self this incarnation's member id; chance follows from it
   * @param restarts the policy of connectors that have none of their own
   */
  public ControlCore(String self, ControlTimes times, RestartPolicy restarts) {
    this.self = self;
    this.restarts = restarts;
    this.comebacks = new Comebacks(new SplittableRandom(self.hashCode()));
    this.times = times;
    this.leadership = new Leadership(times);
  }

  /** What the log says, as far as it has been read. Immutable. */
  public ClusterState state() {
    return state;
  }

  /** The work that is here. A view; read it on the owner's thread. */
  public SortedMap<WorkId, Held> held() {
    return Collections.unmodifiableSortedMap(held);
  }

  public Membership membership() {
    return membership;
  }

  /**
   * Takes in one event and says what must be done. {@code now} in milliseconds, never decreasing.
   */
  public List<Action> step(long now, Event event) {
    var actions = new ArrayList<Action>(take(now, event));
    if (returning && seated()) returning = false;
    var work = reconcile(now, event);
    leadership.note(now, state, membership);
    dueAt = Long.MAX_VALUE;
    // others wait for answers and facts, so these come first
    if (current() && leads() && trouble == null) {
      actions.addAll(leadership.lead(now, state, membership, self, held.keySet()));
      dueAt = leadership.dueAt();
    }
    actions.addAll(work);
    if (current()) {
      actions.addAll(submitTasks(now));
      actions.addAll(submitRestarts(now));
      if (!leads() && reportDue(now)) actions.add(report(now));
    }
    return actions;
  }

  /**
   * When a {@link Event.Tick} is wanted at the latest, after the last step's time; {@link
   * Long#MAX_VALUE} when the usual one is soon enough.
   */
  public long dueAt() {
    return dueAt;
  }

  private List<Action> take(long now, Event event) {
    switch (event) {
      case Event.FactRead(var offset, var fact) -> {
        state = state.apply(offset, fact);
        if (generated.containsKey(fact.connector())) handOver(fact.connector());
      }
      case Event.Passed(var offset) -> state = state.passed(offset);
      case Event.Joined(var newer) -> {
        return joined(now, newer);
      }
      case Event.Isolated() -> {
        membership = Membership.NONE;
        returning = true;
        return leadership.isolated();
      }
      case Event.Claimed claimed -> {
        if (claimed.generation() == membership.generation()) leadership.claimed(claimed);
      }
      case Event.Appended appended -> leadership.appended(appended);
      case Event.AppendFailed failed -> {
        return leadership.appendFailed(now, failed);
      }
      case Event.WriteRefused(var why) -> leadership.refused(now, why);
      case Event.LogTrouble(var why) -> {
        trouble = why.orElse(null);
        if (trouble != null) return leadership.troubled(trouble);
      }
      case Event.Reported report -> leadership.reported(report);
      case Event.WorkStopped(var id) -> stopped(id);
      case Event.WorkFailed(var id, var permanent) -> failed(now, id, permanent);
      case Event.TasksGenerated(var name, var asOf, var tasks) -> {
        generated.merge(name, new Generated(asOf, tasks), (a, b) -> b.asOf() >= a.asOf() ? b : a);
        repeats.remove(name);
        handOver(name);
      }
      case Event.TasksRefused(var refusal) -> {
        return refused(refusal);
      }
      case Event.Asked asked -> {
        return asked(now, asked);
      }
      case Event.Tick() -> {}
    }
    return List.of();
  }

  private List<Action> joined(long now, Membership newer) {
    repeats.clear(); // what was asked of another leader may be lost
    handOverAt = Long.MIN_VALUE;
    var actions = leadership.joined(now, self, membership, newer);
    membership = newer;
    return actions;
  }

  private List<Action> asked(long now, Event.Asked asked) {
    if (trouble == null && leads()) return leadership.asked(now, asked);
    var result =
        trouble == null
            ? new CommandResult.NotLeader(membership.leader())
            : new CommandResult.Rejected(trouble);
    return List.of(new Action.Reply(asked.request(), result));
  }

  /** What cannot be stored would be handed over for ever, and nobody would know. */
  private List<Action> refused(TasksRefusal refusal) {
    var offer = generated.get(refusal.connector());
    var instance = WorkId.instance(refusal.connector());
    var here = held.get(instance);
    boolean concerns =
        offer != null
            && here != null
            && here.phase() == Held.Phase.ACTIVE
            && refusal.isOf(offer.asOf(), offer.tasks());
    if (!concerns || !toHandOver.remove(refusal.connector())) return List.of();
    return List.of(new Action.Fail(instance, refusal.why()));
  }

  private void handOver(String connector) {
    toHandOver.add(connector);
    handOverAt = Long.MIN_VALUE;
  }

  private void stopped(WorkId id) {
    held.remove(id);
    if (reported.held().contains(id)) reportedEnded = true;
    if (id.isInstance()) {
      generated.remove(id.connector());
      repeats.remove(id.connector());
    }
    if (!isMine(id)) comebacks.gone(id);
  }

  private void failed(long now, WorkId id, boolean permanent) {
    var failed = held.computeIfPresent(id, (k, h) -> h.failed());
    var connector = state.connectors().get(id.connector());
    if (failed == null || failed.phase() != Held.Phase.FAILED || connector == null) return;
    comebacks.failed(now, id, permanent, restarts.of(connector.config()));
  }

  /** The way of a restart that somebody asks for: a command to the leader. */
  private List<Action> submitRestarts(long now) {
    return comebacks.due(now, this::wantedThoughFailed).stream()
        .<Action>map(
            id ->
                new Action.Submit(
                    id.isInstance()
                        ? new Command.RestartConnector(id.connector(), Restart.INSTANCE_IF_FAILED)
                        : new Command.RestartTask(id.connector(), id.task())))
        .toList();
  }

  private boolean wantedThoughFailed(WorkId id) {
    var here = held.get(id);
    var spec = state.workOf(self, id.connector()).get(id);
    return here != null
        && here.phase() == Held.Phase.FAILED
        && spec != null
        && spec.target() == TargetState.STARTED;
  }

  /** Restarts ahead of failed work that is here, on this core's clock. A view. */
  public SortedMap<WorkId, NextRestart> restartsAhead() {
    return comebacks.ahead();
  }

  private List<Action> reconcile(long now, Event event) {
    boolean same = membership.equals(reconciled) && acts() == reconciledActing;
    reconciled = membership;
    reconciledActing = acts();
    if (!same) return reconcile(now, wanted(), held);
    return switch (event) {
      case Event.FactRead(var offset, var fact) -> reconcile(now, fact.connector());
      case Event.WorkStopped(var id) -> reconcile(now, id.connector());
      case Event.WorkFailed(var id, var permanent) -> reconcile(now, id.connector());
      case Event.TasksGenerated ignored -> List.of();
      case Event.TasksRefused ignored -> List.of();
      case Event.Reported ignored -> List.of();
      case Event.Claimed ignored -> List.of();
      case Event.Appended ignored -> List.of();
      case Event.AppendFailed ignored -> List.of();
      case Event.WriteRefused ignored -> List.of();
      case Event.LogTrouble ignored -> List.of();
      case Event.Passed ignored -> List.of();
      case Event.Asked ignored -> List.of();
      case Event.Joined ignored -> reconcile(now, wanted(), held);
      case Event.Isolated ignored -> reconcile(now, wanted(), held);
      case Event.Tick() -> reconcile(now, wanted(), held);
    };
  }

  private List<Action> reconcile(long now, String connector) {
    var here = held.subMap(WorkId.instance(connector), new WorkId(connector, Integer.MAX_VALUE));
    return reconcile(now, wanted(here, () -> state.workOf(self, connector)), here);
  }

  private List<Action> reconcile(
      long now, SortedMap<WorkId, WorkSpec> wanted, SortedMap<WorkId, Held> here) {
    var actions = Reconciler.reconcile(wanted, here);
    for (var action : actions) {
      switch (action) {
        case Action.Start(var spec) -> {
          held.put(spec.id(), new Held(spec.asOf(), spec.target(), Held.Phase.ACTIVE));
          comebacks.started(now, spec.id());
        }
        case Action.Stop(var id) -> held.computeIfPresent(id, (k, h) -> h.stopping());
        case Action.Retarget(var id, var target) ->
            held.computeIfPresent(id, (k, h) -> h.retargeted(target));
        default -> throw new AssertionError("not a reconciliation: " + action);
      }
    }
    here.replaceAll((id, h) -> wanted.containsKey(id) ? seen(wanted.get(id), h) : h);
    return actions;
  }

  /**
   * Work that runs well has nothing to retry: a later failure is not covered by an older request.
   */
  private static Held seen(WorkSpec spec, Held held) {
    return held.phase() == Held.Phase.ACTIVE ? held.asOf(spec.retryFailedAt()) : held;
  }

  private SortedMap<WorkId, WorkSpec> wanted() {
    return wanted(held, this::mine);
  }

  private SortedMap<WorkId, WorkSpec> wanted(
      SortedMap<WorkId, Held> here, Supplier<SortedMap<WorkId, WorkSpec>> mine) {
    if (membership.equals(Membership.NONE)) return Collections.emptySortedMap(); // alone: let go
    if (acts()) return mine.get();
    var asItIs = new TreeMap<WorkId, WorkSpec>(); // behind: start nothing, stop nothing
    here.forEach((id, h) -> asItIs.put(id, new WorkSpec(id, h.asOf(), -1, h.target())));
    return asItIs;
  }

  @SuppressWarnings("ReferenceEquality") // states are immutable
  private SortedMap<WorkId, WorkSpec> mine() {
    if (mineOf != state) mine = Collections.unmodifiableSortedMap(state.workOf(self));
    mineOf = state;
    return mine;
  }

  private boolean isMine(WorkId id) {
    return state.workOf(self, id.connector()).containsKey(id);
  }

  /**
   * Hands over the tasks of our instances, again and again, ever rarer, until the log has them.
   * Beside time, only facts about a connector, other tasks and another leader make any due.
   */
  private List<Action> submitTasks(long now) {
    if (now < handOverAt) return List.of();
    var actions = new ArrayList<Action>();
    handOverAt = Long.MAX_VALUE;
    toHandOver.removeIf(name -> logHas(name, generated.get(name)));
    for (String name : toHandOver) {
      var offer = generated.get(name);
      var connector = state.connectors().get(name);
      var instance = held.get(WorkId.instance(name));
      boolean wanted =
          instance != null
              && instance.phase() == Held.Phase.ACTIVE
              && connector.target() == TargetState.STARTED
              && connector.restarts().instance() <= offer.asOf();
      if (!wanted) continue;
      var repeat = repeats.getOrDefault(name, new Repeat(Long.MIN_VALUE, times.retryMs()));
      if (now >= repeat.atMs()) {
        actions.add(new Action.Submit(new Command.PublishTasks(name, offer.asOf(), offer.tasks())));
        long later = Math.min(2 * repeat.pauseMs(), times.reportMs());
        repeat = new Repeat(now + repeat.pauseMs(), later);
        repeats.put(name, repeat);
      }
      handOverAt = Math.min(handOverAt, repeat.atMs());
    }
    return actions;
  }

  /** Then a later fact about the connector, or other tasks, make it worth a look again. */
  private boolean logHas(String name, Generated offer) {
    var connector = state.connectors().get(name);
    return connector == null || offer == null || !connector.differsFrom(offer.tasks());
  }

  /**
   * Once in each generation, then when leases were taken away and when held work has ended: that is
   * all a leader waits for. And now and then, since a report may get lost. Work that was begun was
   * leased later than any report that denies it.
   */
  private boolean reportDue(long now) {
    return reported.generation() != membership.generation()
        || state.newestRelease() > reported.offset()
        || now >= reported.againAt()
        || reportedEnded;
  }

  private Action report(long now) {
    var here = new TreeSet<>(held.keySet());
    long againAt = now + times.reportMs();
    reportedEnded = false;
    reported = new Reported(membership.generation(), state.offset(), here, againAt);
    return new Action.Report(here, state.offset());
  }

  /** Whether this worker leads, knows all that was decided before, and can write. */
  public boolean decides() {
    return current() && leads() && trouble == null && leadership.isUpToDate(state);
  }

  /** In the group, and not behind it. */
  private boolean current() {
    return state.offset() >= membership.barrier();
  }

  /** What the log leases to this worker may be begun. */
  private boolean acts() {
    return current() && !returning;
  }

  /**
   * Nothing can come any more that was decided before this generation, when we may have counted as
   * gone.
   */
  private boolean seated() {
    return current() && (leads() ? leadership.isUpToDate(state) : state.isSeated(membership));
  }

  private boolean leads() {
    return self.equals(membership.leader());
  }
}
