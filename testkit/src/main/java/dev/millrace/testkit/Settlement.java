package dev.millrace.testkit;

import dev.millrace.model.ClusterState;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkSpec;
import dev.millrace.model.control.Held;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a cluster in which nothing is under way is as the log wants it: each piece of work runs
 * once, in its newest version, evenly spread, and all members have come to the same state.
 */
final class Settlement {

  private final Collection<SimulatedMember> members;
  private final ClusterState state;
  private final long end;
  private final Map<WorkId, SimulatedMember> places = new HashMap<>();

  Settlement(Collection<SimulatedMember> members, ClusterState state, long end) {
    this.members = members;
    this.state = state;
    this.end = end;
    for (var member : members) member.running.forEach(work -> places.put(work, member));
  }

  static int tasksOf(Map<String, String> config) {
    return Integer.parseInt(config.get("tasks.max"));
  }

  Optional<String> fault() {
    return sameStates()
        .or(this::works)
        .or(this::unwanted)
        .or(this::published)
        .or(() -> balanced(true))
        .or(() -> balanced(false));
  }

  private Optional<String> sameStates() {
    for (var member : members) {
      var own = member.core.state();
      if (own.offset() != state.offset()) {
        return Optional.of(member.id + " has read to " + own.offset() + " of " + end);
      }
      if (!essence(own).equals(essence(state))) {
        return Optional.of(member.id + " sees " + essence(own) + " instead of " + essence(state));
      }
    }
    return Optional.empty();
  }

  /** What has to be the same for everybody, however much of the log was compacted. */
  private static List<Object> essence(ClusterState state) {
    var connectors = new HashMap<String, Object>();
    state
        .connectors()
        .forEach((name, c) -> connectors.put(name, List.of(c.config(), c.target(), c.tasks())));
    return List.of(connectors, state.holders());
  }

  private Optional<String> works() {
    for (var spec : state.work().values()) {
      long copies = members.stream().filter(m -> m.running.contains(spec.id())).count();
      if (copies != 1) return Optional.of(spec.id() + " runs " + copies + " times");
      var fault = work(spec, places.get(spec.id()));
      if (fault.isPresent()) return fault;
    }
    return Optional.empty();
  }

  private static Optional<String> work(WorkSpec spec, SimulatedMember place) {
    var held = place.core.held().get(spec.id());
    var own = place.core.state().work().get(spec.id());
    if (held == null || own == null || held.asOf() < own.version()) {
      return Optional.of("stale version of " + spec.id());
    }
    if (held.phase() == Held.Phase.FAILED && spec.target() == TargetState.STARTED) {
      return Optional.of(spec.id() + " has failed and was not brought back");
    }
    return held.target() == spec.target()
        ? Optional.empty()
        : Optional.of("wrong target of " + spec.id());
  }

  private Optional<String> unwanted() {
    return places.keySet().stream()
        .filter(work -> !state.work().containsKey(work))
        .findFirst()
        .map(work -> "unwanted " + work + " on " + places.get(work).id);
  }

  private Optional<String> published() {
    for (var connector : state.connectors().entrySet()) {
      int wanted = tasksOf(connector.getValue().config());
      boolean started = connector.getValue().target() == TargetState.STARTED;
      if (started && active(connector.getKey()) && connector.getValue().tasks().size() != wanted) {
        return Optional.of("tasks of " + connector.getKey() + " were not published");
      }
    }
    return Optional.empty();
  }

  /** Failed instances publish nothing. */
  private boolean active(String connector) {
    var instance = WorkId.instance(connector);
    return members.stream()
        .map(member -> member.core.held().get(instance))
        .anyMatch(held -> held != null && held.phase() == Held.Phase.ACTIVE);
  }

  private Optional<String> balanced(boolean instances) {
    var loads =
        members.stream()
            .mapToLong(
                m ->
                    m.core.held().keySet().stream()
                        .filter(w -> w.isInstance() == instances)
                        .count())
            .summaryStatistics();
    return loads.getMax() - loads.getMin() > 1
        ? Optional.of("unbalanced " + loads)
        : Optional.empty();
  }
}
