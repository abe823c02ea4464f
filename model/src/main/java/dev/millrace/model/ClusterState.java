package dev.millrace.model;

import dev.millrace.model.ConnectorState.Restarts;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The fold of the config log up to an offset: the same on every worker that has read as far.
 * Immutable; readable from any thread.
 */
public final class ClusterState {

  /** Before the first fact. */
  public static final ClusterState EMPTY =
      new ClusterState(
          -1,
          Collections.emptySortedMap(),
          Collections.emptySortedSet(),
          Leases.NONE,
          new Beside(
              Collections.emptySortedMap(),
              Collections.emptySortedMap(),
              Optional.empty(),
              Collections.emptySortedMap(),
              Optional.empty()));

  private final long offset;
  private final SortedMap<String, ConnectorState> connectors;
  private final SortedSet<WorkId> workIds; // another object as soon as the work is other work
  private final Leases leases;
  private final Beside beside;
  private volatile SortedMap<WorkId, WorkSpec>
      work; // derived when first asked for; the same by any thread

  /** Who may run what. The maps are changed by nobody; they are copied often, so not wrapped. */
  private record Leases(
      SortedMap<WorkId, String> holders,
      SortedMap<WorkId, Long> releasedAt,
      long forgottenRelease,
      long newest,
      long newestRelease) {
    static final Leases NONE =
        new Leases(Collections.emptySortedMap(), Collections.emptySortedMap(), -1, -1, -1);

    /** Keeps of the releases of a connector that is gone only the newest of all of them. */
    Leases forgetting(String connector) {
      var theirs = ofConnector(releasedAt, connector);
      if (theirs.isEmpty() || !ofConnector(holders, connector).isEmpty()) return this;
      long forgotten = Math.max(forgottenRelease, Collections.max(theirs.values()));
      var others = new TreeMap<>(releasedAt);
      theirs.keySet().forEach(others::remove);
      return new Leases(holders, others, forgotten, newest, newestRelease);
    }
  }

  /** What the log says beside connectors and leases. */
  private record Beside(
      SortedMap<String, Remnant> remnants,
      SortedMap<String, Fencing> fencings,
      Optional<SessionKey> key,
      SortedMap<String, Expectation> expected,
      Optional<Fact.Seated> seat) {
    Beside with(SortedMap<String, Remnant> newer) {
      return new Beside(newer, fencings, key, expected, seat);
    }

    Beside fencing(SortedMap<String, Fencing> newer) {
      return new Beside(remnants, newer, key, expected, seat);
    }

    Beside signing(SessionKey newer) {
      return new Beside(remnants, fencings, Optional.of(newer), expected, seat);
    }

    Beside expecting(SortedMap<String, Expectation> newer) {
      return new Beside(remnants, fencings, key, newer, seat);
    }

    Beside seating(Fact.Seated newer) {
      return new Beside(remnants, fencings, key, expected, Optional.of(newer));
    }
  }

  /**
   * A worker is about to be restarted.
   *
   * @param holdMs how long its work is held for it
   * @param at offset of the fact that said so
   */
  public record Expectation(long holdMs, long at) {}

  /**
   * What is said of a connector before its configuration: compaction keeps the newest record of
   * each kind, so that a configuration may come after the target state and the tasks that it had.
   */
  private record Remnant(TargetState target, List<Map<String, String>> tasks, long tasksAt) {
    static final Remnant NONE = new Remnant(TargetState.STARTED, List.of(), -1);
  }

  private ClusterState(
      long offset,
      SortedMap<String, ConnectorState> connectors,
      SortedSet<WorkId> workIds,
      Leases leases,
      Beside beside) {
    this.offset = offset;
    this.connectors = connectors;
    this.workIds = workIds;
    this.leases = leases;
    this.beside = beside;
  }

  /** Offset of the last fact folded in; -1 when none. */
  public long offset() {
    return offset;
  }

  public SortedMap<String, ConnectorState> connectors() {
    return Collections.unmodifiableSortedMap(connectors);
  }

  /** Who may run which work: the leases in force, also of work no longer wanted. */
  public SortedMap<WorkId, String> holders() {
    return Collections.unmodifiableSortedMap(leases.holders());
  }

  /**
   * Offset at or after which a work's lease was last taken away; -1 when it never had one. Of
   * connectors that are gone it is not known for each.
   */
  public long releasedAt(WorkId work) {
    return leases.releasedAt().getOrDefault(work, leases.forgottenRelease());
  }

  /** The work of which that is known for each. */
  public Set<WorkId> released() {
    return Collections.unmodifiableSet(leases.releasedAt().keySet());
  }

  /** Offset of the newest fact that took a lease away; -1 when there is none. */
  public long newestRelease() {
    return leases.newestRelease();
  }

  /** Offset of the newest fact about leases; -1 when there is none. */
  public long newestLease() {
    return leases.newest();
  }

  /** Which of the connector's tasks may write in transactions. */
  public Fencing fencing(String connector) {
    return beside.fencings().getOrDefault(connector, Fencing.NONE);
  }

  /** What workers sign requests to each other with. */
  public Optional<SessionKey> sessionKey() {
    return beside.key();
  }

  /** Whether all that was decided before this generation has been read. */
  public boolean isSeated(Membership generation) {
    var wanted = new Fact.Seated(generation.generation(), generation.leader());
    return beside.seat().filter(wanted::equals).isPresent();
  }

  /** The members whose workers are about to be restarted. */
  public SortedMap<String, Expectation> expected() {
    return beside.expected();
  }

  /** The state after one more fact, found at this offset. */
  public ClusterState apply(long at, Fact fact) {
    if (at <= offset) {
      throw new IllegalArgumentException("fact at " + at + " is not newer than state at " + offset);
    }
    return switch (fact) {
      case Fact.Leased leased -> leased(at, leased);
      case Fact.KeyRotated(var key) -> with(at, beside.signing(key));
      case Fact.Seated seated -> with(at, beside.seating(seated));
      case Fact.LevelSet ignored -> with(at, beside);
      case Fact.Expected(var member, var holdMs) -> expecting(at, member, holdMs);
      case Fact.Fenced(var name, var tasks) -> withFencing(at, name, fencing(name).over(tasks));
      case Fact.Configured(var name, var config) -> configured(at, name, config);
      case Fact.Deleted(var name) -> deleted(at, name);
      case Fact.Retargeted(var name, var target) ->
          connectors.containsKey(name)
              ? changed(at, name, connectors.get(name).retargeted(target))
              : remaining(
                  at, name, new Remnant(target, remnant(name).tasks(), remnant(name).tasksAt()));
      case Fact.TasksComputed(var name, var tasks) ->
          tasks.isEmpty() && !connectors.containsKey(name)
              ? tasksComputed(at, name, tasks).forgettingFencing(at, name)
              : tasksComputed(at, name, tasks).withFencing(at, name, fencing(name).newSet(at));
      case Fact.RestartAsked(var name, var what) ->
          restarted(at, name, restarts -> restarts.with(what, at));
      case Fact.TaskRestartAsked(var name, var task) ->
          restarted(at, name, restarts -> restarts.withTask(task, at));
    };
  }

  /** The state after something that means nothing to this version, found at this offset. */
  public ClusterState passed(long at) {
    return at <= offset ? this : with(at, beside);
  }

  private ClusterState configured(long at, String name, Map<String, String> config) {
    var before = connectors.get(name);
    if (before != null) return changed(at, name, before.reconfigured(config, at));
    var left = remnant(name);
    var created = ConnectorState.created(config, left.target(), at);
    if (left.tasksAt() >= 0) created = created.keepingTasks(left.tasks(), left.tasksAt());
    return changed(at, name, created).remaining(at, name, Remnant.NONE);
  }

  private ClusterState deleted(long at, String name) {
    var next = new TreeMap<>(connectors);
    var gone = next.remove(name);
    var ids = gone == null ? workIds : withoutWorkOf(name);
    return new ClusterState(at, next, ids, leases.forgetting(name), beside)
        .remaining(at, name, Remnant.NONE)
        .forgettingFencing(at, name);
  }

  private ClusterState tasksComputed(long at, String name, List<Map<String, String>> tasks) {
    var connector = connectors.get(name);
    return connector != null
        ? changed(at, name, connector.withTasks(tasks, at))
        : remaining(at, name, new Remnant(remnant(name).target(), tasks, at));
  }

  private ClusterState restarted(long at, String name, UnaryOperator<Restarts> newer) {
    var connector = connectors.get(name);
    return connector == null
        ? with(at, beside)
        : changed(at, name, connector.withRestarts(newer.apply(connector.restarts())));
  }

  private ClusterState changed(long at, String name, ConnectorState newer) {
    var next = new TreeMap<>(connectors);
    var before = next.put(name, newer);
    boolean same = before != null && before.workTasks() == newer.workTasks();
    return new ClusterState(at, next, same ? workIds : withWorkOf(name, newer), leases, beside);
  }

  private SortedSet<WorkId> withWorkOf(String name, ConnectorState newer) {
    var ids = withoutWorkOf(name);
    ids.add(WorkId.instance(name));
    for (int task = 0; task < newer.workTasks(); task++) ids.add(new WorkId(name, task));
    return ids;
  }

  private SortedSet<WorkId> withoutWorkOf(String name) {
    var ids = new TreeSet<>(workIds);
    ids.subSet(WorkId.instance(name), new WorkId(name, Integer.MAX_VALUE)).clear();
    return ids;
  }

  private Remnant remnant(String name) {
    return beside.remnants().getOrDefault(name, Remnant.NONE);
  }

  private ClusterState remaining(long at, String name, Remnant newer) {
    if (remnant(name).equals(newer)) return with(at, beside);
    var next = new TreeMap<>(beside.remnants());
    if (newer.equals(Remnant.NONE)) next.remove(name);
    else next.put(name, newer);
    return with(at, beside.with(next));
  }

  private ClusterState withFencing(long at, String name, Fencing newer) {
    var next = new TreeMap<>(beside.fencings());
    next.put(name, newer);
    return with(at, beside.fencing(next));
  }

  /** Where no task has ever written in transactions, none has to be fenced. */
  private ClusterState forgettingFencing(long at, String name) {
    if (fencing(name).tasks() >= 0) return with(at, beside);
    var next = new TreeMap<>(beside.fencings());
    next.remove(name);
    return with(at, beside.fencing(next));
  }

  private ClusterState expecting(long at, String member, long holdMs) {
    var next = new TreeMap<>(expected());
    if (holdMs > 0) next.put(member, new Expectation(holdMs, at));
    else next.remove(member);
    return with(at, beside.expecting(Collections.unmodifiableSortedMap(next)));
  }

  private ClusterState with(long at, Beside newer) {
    return new ClusterState(at, connectors, workIds, leases, newer);
  }

  private ClusterState leased(long at, Fact.Leased fact) {
    var table = new TreeMap<>(leases.holders());
    var before = ofConnector(leases.holders(), fact.connector());
    before.keySet().forEach(table::remove);
    fact.holders().forEach((task, member) -> table.put(new WorkId(fact.connector(), task), member));
    var taken =
        before.entrySet().stream()
            .filter(lease -> !lease.getValue().equals(table.get(lease.getKey())))
            .map(Map.Entry::getKey)
            .toList();
    var released = taken.isEmpty() ? leases.releasedAt() : new TreeMap<>(leases.releasedAt());
    taken.forEach(id -> released.put(id, at));
    var next =
        new Leases(
            table, released, leases.forgottenRelease(), at, taken.isEmpty() ? newestRelease() : at);
    boolean there = connectors.containsKey(fact.connector());
    return new ClusterState(
        at, connectors, workIds, there ? next : next.forgetting(fact.connector()), beside);
  }

  /** Offset of the newest record that took a lease of the connector away from a member. */
  public long newestReleaseOf(String connector) {
    return ofConnector(leases.releasedAt(), connector).values().stream()
        .reduce(leases.forgottenRelease(), Math::max);
  }

  /** The leases of one connector's work. */
  public SortedMap<WorkId, String> leasesOf(String connector) {
    return ofConnector(holders(), connector);
  }

  private static <V> SortedMap<WorkId, V> ofConnector(SortedMap<WorkId, V> all, String connector) {
    return all.subMap(
        WorkId.instance(connector),
        new WorkId(connector, Integer.MAX_VALUE)); // upper bound excluded
  }

  public Optional<ConnectorState> connector(String name) {
    return Optional.ofNullable(connectors.get(name));
  }

  /** All wanted work. */
  public SortedSet<WorkId> workIds() {
    return Collections.unmodifiableSortedSet(workIds);
  }

  /** True only if work, leases and expectations are those of that state. */
  @SuppressWarnings("ReferenceEquality") // whatever changes them makes other objects
  public boolean hasPlacesOf(ClusterState that) {
    return workIds == that.workIds && leases == that.leases && expected().equals(that.expected());
  }

  /** All wanted work: every instance, and the tasks of all connectors that are not stopped. */
  public SortedMap<WorkId, WorkSpec> work() {
    if (work == null) work = Collections.unmodifiableSortedMap(deriveWork());
    return work;
  }

  private SortedMap<WorkId, WorkSpec> deriveWork() {
    var all = new TreeMap<WorkId, WorkSpec>();
    connectors.keySet().forEach(name -> all.putAll(workOfConnector(name)));
    return all;
  }

  /** The wanted work of one connector: its instance and, unless it is stopped, its tasks. */
  public SortedMap<WorkId, WorkSpec> workOfConnector(String name) {
    var all = new TreeMap<WorkId, WorkSpec>();
    var connector = connectors.get(name);
    if (connector == null) return all;
    var instance = connector.instance(name);
    all.put(instance.id(), instance);
    IntStream.range(0, connector.workTasks())
        .mapToObj(task -> connector.task(name, task))
        .forEach(spec -> all.put(spec.id(), spec));
    return all;
  }

  /** The wanted work that this member holds the leases of. */
  public SortedMap<WorkId, WorkSpec> workOf(String member) {
    return leasedTo(member, leases.holders());
  }

  /** The same of one connector. */
  public SortedMap<WorkId, WorkSpec> workOf(String member, String connector) {
    return leasedTo(member, ofConnector(leases.holders(), connector));
  }

  private SortedMap<WorkId, WorkSpec> leasedTo(String member, SortedMap<WorkId, String> holders) {
    var work = new TreeMap<WorkId, WorkSpec>();
    holders.forEach(
        (id, holder) -> {
          var connector = holder.equals(member) ? connectors.get(id.connector()) : null;
          if (connector == null) return;
          if (id.isInstance()) work.put(id, connector.instance(id.connector()));
          else if (id.task() < connector.workTasks()) {
            work.put(id, connector.task(id.connector(), id.task()));
          }
        });
    return work;
  }
}
