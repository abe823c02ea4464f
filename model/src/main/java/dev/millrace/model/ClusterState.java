package dev.millrace.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The fold of the config log up to {@code offset}: the same on every worker that has read as far.
 * Immutable; readable from any thread.
 *
 * @param offset offset of the last fact folded in; -1 when none
 * @param connectors by name
 * @param holders who may run which work: the leases in force, also of work no longer wanted
 * @param releasedAt offset at which a work's lease was last taken away; absent when never
 */
public record ClusterState(
    long offset,
    SortedMap<String, ConnectorState> connectors,
    SortedMap<WorkId, String> holders,
    SortedMap<WorkId, Long> releasedAt) {

  /** Before the first fact. */
  public static final ClusterState EMPTY =
      new ClusterState(
          -1,
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          Collections.emptySortedMap());

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
    return new ClusterState(at, Collections.unmodifiableSortedMap(next), holders, releasedAt);
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
    return new ClusterState(
        at,
        connectors,
        Collections.unmodifiableSortedMap(table),
        Collections.unmodifiableSortedMap(released));
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
    var work = new TreeMap<WorkId, WorkSpec>();
    connectors.forEach(
        (name, connector) -> {
          var instance = connector.instance(name);
          work.put(instance.id(), instance);
          if (connector.target() == TargetState.STOPPED) return;
          IntStream.range(0, connector.tasks().size())
              .mapToObj(task -> connector.task(name, task))
              .forEach(spec -> work.put(spec.id(), spec));
        });
    return work;
  }

  /** The wanted work that this member holds the leases of. */
  public SortedMap<WorkId, WorkSpec> workOf(String member) {
    var mine = work();
    mine.keySet().removeIf(id -> !member.equals(holders.get(id)));
    return mine;
  }
}
