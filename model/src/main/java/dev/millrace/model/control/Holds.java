package dev.millrace.model.control;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Fact;
import dev.millrace.model.Membership;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * For how long work is held for members that are expected back. Every member counts, from when it
 * first sees the fact, by a clock that does not jump: so whoever comes to lead goes on counting.
 * Who has come later counts from a newer fact, by which the leader tells the time that is left. No
 * calendar is compared with another. Owned by the core's thread.
 */
final class Holds {

  /** When the fact was first seen, and who was there then and counts, too. */
  private record Noted(long sinceMs, SortedSet<String> counting) {}

  private final Map<Long, Noted> noted = new HashMap<>(); // by the fact's offset

  /** From when a fact is first noted its time runs. */
  void note(long now, ClusterState state, Membership group) {
    if (noted.isEmpty() && state.expected().isEmpty()) return;
    var known = new HashSet<Long>();
    state.expected().values().forEach(expectation -> known.add(expectation.at()));
    noted.keySet().retainAll(known);
    known.forEach(at -> noted.putIfAbsent(at, new Noted(now, group.members())));
  }

  /**
   * What the leader has to write: who is expected no longer, since it has come back, as another
   * incarnation, or its time is over; and for whom the time that is left has to be told to members
   * that have come.
   */
  List<Fact> facts(long now, ClusterState state, Membership group) {
    var facts = new ArrayList<Fact>();
    state
        .expected()
        .forEach(
            (member, expectation) -> {
              var seen = noted.get(expectation.at());
              long left = expectation.holdMs() - (seen == null ? 0 : now - seen.sinceMs());
              if (left <= 0 || isBack(member, group)) {
                facts.add(new Fact.Expected(member, 0));
              } else if (seen != null && !seen.counting().containsAll(group.members())) {
                facts.add(new Fact.Expected(member, left));
              }
            });
    return facts;
  }

  private static boolean isBack(String member, Membership group) {
    String worker = Membership.workerOf(member);
    return !group.members().contains(member)
        && group.members().stream().map(Membership::workerOf).anyMatch(worker::equals);
  }
}
