package dev.millrace.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          -1);

  private final long offset;
  private final SortedMap<String, ConnectorState> connectors;
  private final SortedMap<WorkId, String> holders;
  private final SortedMap<WorkId, Long> releasedAt;
  private final long newestRelease;
  private volatile SortedMap<WorkId, WorkSpec>
      work; // derived when first asked for; the same by any thread

  private ClusterState(
      long offset,
      SortedMap<String, ConnectorState> connectors,
      SortedMap<WorkId, String> holders,
      SortedMap<WorkId, Long> releasedAt,
      long newestRelease) {
    this.offset = offset;
    this.newestRelease = newestRelease;
    this.connectors = Collections.unmodifiableSortedMap(connectors);
    this.holders = Collections.unmodifiableSortedMap(holders);
    this.releasedAt = Collections.unmodifiableSortedMap(releasedAt);
  }

  /** Offset of the last fact folded in; -1 when none. */
  public long offset() {
    return offset;
  }

  public SortedMap<String, ConnectorState> connectors() {
    return connectors;
  }

  /** Who may run which work: the leases in force, also of work no longer wanted. */
  public SortedMap<WorkId, String> holders() {
    return holders;
  }

  /** Offset at which a work's lease was last taken away; absent when never. */
  public SortedMap<WorkId, Long> releasedAt() {
    return releasedAt;
  }

  /** Offset of the newest fact that took a lease away; -1 when there is none. */
  public long newestRelease() {
    return newestRelease;
  }

  /** The state after one more fact, found at this offset. */
  public ClusterState apply(long at, Fact fact) {
    if (at <= offset) {
      throw new IllegalArgumentException("fact at " + at + " is not newer than state at " + offset);
    }
    if (fact instanceof Fact.Leased leased) return leased(at, leased);
    var next = new TreeMap<>(connectors);
    switch (fact) {
      case Fact.Configured(var name, var config) ->
          next.merge(
              name,
              ConnectorState.created(config, TargetState.STARTED, at),
              (old, created) -> old.reconfigured(config, at));
      case Fact.Deleted(var name) -> next.remove(name);
      case Fact.Retargeted(var name, var target) ->
          next.computeIfPresent(name, (n, c) -> c.retargeted(target));
      case Fact.TasksComputed(var name, var tasks) ->
          next.computeIfPresent(name, (n, c) -> c.withTasks(tasks, at));
      case Fact.RestartAsked(var name, var what) ->
          next.computeIfPresent(name, (n, c) -> c.withRestarts(c.restarts().with(what, at)));
      case Fact.TaskRestartAsked(var name, var task) ->
          next.computeIfPresent(name, (n, c) -> c.withRestarts(c.restarts().withTask(task, at)));
      case Fact.Leased ignored -> throw new AssertionError("handled above");
    }
    return new ClusterState(at, next, holders, releasedAt, newestRelease);
  }

  private ClusterState leased(long at, Fact.Leased fact) {
    var table = new TreeMap<>(holders);
    var released = new TreeMap<>(releasedAt);
    var before = leasesOf(fact.connector());
    before.keySet().forEach(table::remove);
    fact.holders().forEach((task, member) -> table.put(new WorkId(fact.connector(), task), member));
    before.forEach(
        (work, member) -> {
          if (!member.equals(table.get(work))) released.put(work, at);
        });
    long newest = released.containsValue(at) ? at : newestRelease;
    return new ClusterState(at, connectors, table, released, newest);
  }

  /** The leases of one connector's work. */
  public SortedMap<WorkId, String> leasesOf(String connector) {
    return holders.subMap(
        WorkId.instance(connector),
        new WorkId(connector, Integer.MAX_VALUE)); // upper bound excluded
  }

  public Optional<ConnectorState> connector(String name) {
    return Optional.ofNullable(connectors.get(name));
  }

  /** All wanted work: every instance, and the tasks of all connectors that are not stopped. */
  public SortedMap<WorkId, WorkSpec> work() {
    if (work == null) work = Collections.unmodifiableSortedMap(deriveWork());
    return work;
  }

  private SortedMap<WorkId, WorkSpec> deriveWork() {
    var all = new TreeMap<WorkId, WorkSpec>();
    connectors.forEach(
        (name, connector) -> {
          var instance = connector.instance(name);
          all.put(instance.id(), instance);
          if (connector.target() == TargetState.STOPPED) return;
          IntStream.range(0, connector.tasks().size())
              .mapToObj(task -> connector.task(name, task))
              .forEach(spec -> all.put(spec.id(), spec));
        });
    return all;
  }

  /** The wanted work that this member holds the leases of. */
  public SortedMap<WorkId, WorkSpec> workOf(String member) {
    var mine = new TreeMap<>(work());
    mine.keySet().removeIf(id -> !member.equals(holders.get(id)));
    return mine;
  }
}
