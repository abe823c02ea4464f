package dev.millrace.model.control;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Fact;
import dev.millrace.model.WorkId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Who shall hold which work. Keeps what is well placed, gives what is free to the idlest. Work that
 * moves between living members moves in two steps: taken from its holder, later given to another,
 * and given only when nobody can still be running it. So no two workers run the same work.
 *
 * <p>What a member held that is expected back stays leased to it, so that nobody runs it meanwhile;
 * once it is expected no longer, the work moves as that of any member that is gone.
 *
 * <p>Members differ by at most one connector instance and at most one task (compat: hosting,
 * Kafka).
 */
public final class Planner {

  private Planner() {}

  /**
   * The leases that must change.
   *
   * @param awaited members that are gone and expected back
   * @param free true when surely nobody is running the work, whoever's lease it was
   */
  public static List<Fact.Leased> plan(
      ClusterState state, SortedSet<String> members, Set<String> awaited, Predicate<WorkId> free) {
    var next = new TreeMap<WorkId, String>();
    if (!members.isEmpty()) {
      var instances = new ArrayList<WorkId>();
      var tasks = new ArrayList<WorkId>();
      for (var work : state.workIds()) {
        String holder = awaited.isEmpty() ? null : state.holders().get(work);
        if (holder != null && awaited.contains(holder)) next.put(work, holder);
        else (work.isInstance() ? instances : tasks).add(work);
      }
      var total = new Load(members);
      place(instances, state, members, free, next, total);
      place(tasks, state, members, free, next, total);
    }
    return changed(state, next);
  }

  /** Members' shares of one kind of work: ⌊n/m⌋ each and the remainder to some, never more. */
  private static void place(
      List<WorkId> wanted,
      ClusterState state,
      SortedSet<String> members,
      Predicate<WorkId> free,
      SortedMap<WorkId, String> next,
      Load total) {
    var holders = state.holders();
    var load = new Load(members);
    int share = wanted.size() / members.size();
    int extra = wanted.size() % members.size();
    var unplaced = new ArrayList<WorkId>();
    for (var work : wanted) {
      String holder = holders.get(work);
      if (holder == null) {
        unplaced.add(work);
        continue;
      }
      if (!members.contains(holder)) continue; // it may come back: first taken away, too
      int held = load.of(holder);
      if (held > share || (held == share && extra == 0)) continue; // taken away, given later
      if (held == share) extra--;
      next.put(work, holder);
      load.add(holder);
      total.add(holder);
    }
    for (var work : unplaced) {
      if (!free.test(work)) continue;
      String idlest = load.idlest(total);
      next.put(work, idlest);
      load.add(idlest);
      total.add(idlest);
    }
  }

  /** Both tables have the same order, so they are gone through side by side. */
  private static List<Fact.Leased> changed(ClusterState state, SortedMap<WorkId, String> next) {
    var connectors = new TreeSet<String>();
    var olds = new ArrayDeque<>(state.holders().entrySet());
    for (var newer : next.entrySet()) {
      var old = olds.peek();
      while (old != null && old.getKey().compareTo(newer.getKey()) < 0) {
        connectors.add(olds.remove().getKey().connector());
        old = olds.peek();
      }
      boolean there = old != null && old.getKey().compareTo(newer.getKey()) == 0;
      if (there) olds.remove();
      if (!there || !old.getValue().equals(newer.getValue())) {
        connectors.add(newer.getKey().connector());
      }
    }
    olds.forEach(left -> connectors.add(left.getKey().connector()));
    return connectors.stream().map(name -> leasesOf(name, next)).toList();
  }

  private static Fact.Leased leasesOf(String connector, SortedMap<WorkId, String> table) {
    var own = table.subMap(WorkId.instance(connector), new WorkId(connector, Integer.MAX_VALUE));
    return new Fact.Leased(
        connector,
        own.entrySet().stream()
            .collect(
                Collectors.toMap(
                    e -> e.getKey().task(), e -> e.getValue(), (a, b) -> a, TreeMap::new)));
  }

  /** Pieces of work per member. */
  private static final class Load {
    private final SortedMap<String, Integer> held = new TreeMap<>();

    Load(Set<String> members) {
      members.forEach(m -> held.put(m, 0));
    }

    int of(String member) {
      return held.get(member);
    }

    void add(String member) {
      held.merge(member, 1, Integer::sum);
    }

    String idlest(Load tieBreak) {
      return held.keySet().stream()
          .min(Comparator.comparingInt(this::of).thenComparingInt(tieBreak::of))
          .orElseThrow();
    }
  }
}
