package dev.millrace.testkit;

import dev.millrace.model.Fact;
import dev.millrace.model.TargetState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A config log in memory: batches under a claim, read in order, compacted. What is written is
 * decided at once, and can be read a moment later. Single-threaded.
 */
final class SimulatedLog {

  private final List<Fact> facts = new ArrayList<>();
  private final Set<Integer> compacted = new HashSet<>(); // not there any more for new readers
  private int claim;
  private long visible = -1;

  /** Shuts every earlier claim out; what those have written can be read by then. */
  int claim() {
    visible = end();
    return ++claim;
  }

  /** Nothing more is written under this claim. */
  void giveUp(int under) {
    if (under == claim) claim++;
  }

  /** Offset of the last fact that can be read; -1 when there is none. */
  long visible() {
    return visible;
  }

  /** From now on what is written up to there can be read. */
  void reveal(long end) {
    visible = Math.max(visible, end);
  }

  /** Offset of the last fact; -1 when there is none. */
  long end() {
    return facts.size() - 1L;
  }

  /** Writes all of the batch; nothing when its claim is not the newest any more. */
  boolean append(int under, List<Fact> batch) {
    if (under != claim) return false;
    for (Fact fact : batch) {
      facts.add(fact);
      if (!(fact instanceof Fact.Deleted(var name))) continue;
      facts.add(new Fact.Retargeted(name, TargetState.STARTED)); // as its records tell
      facts.add(new Fact.TasksComputed(name, List.of()));
    }
    return true;
  }

  /** The deletions of connectors that are not there, to be said once more. */
  List<Fact> deletions() {
    var newest = new HashMap<String, Fact>();
    for (Fact fact : facts) {
      if (fact instanceof Fact.Configured || fact instanceof Fact.Deleted) {
        newest.put(fact.connector(), fact);
      }
    }
    return newest.values().stream().filter(Fact.Deleted.class::isInstance).toList();
  }

  Fact at(int offset) {
    return facts.get(offset);
  }

  /** The next offset from there on with a fact that was not compacted; beyond the end: none. */
  int next(int from) {
    int at = from;
    while (compacted.contains(at)) at++;
    return at;
  }

  /**
   * Only the newest of each kind about the same thing is left to those who come later; by chance
   * also to those who read late. That connectors were deleted, and their leases, is forgotten, if
   * by chance at all, only when all have read it.
   */
  void compact(int readByAll, Chance chance) {
    var newest = new HashMap<String, Integer>();
    long end = chance.even() ? visible + 1 : Math.min(readByAll, visible + 1);
    for (int at = 0; at < end; at++) {
      if (compacted.contains(at)) continue;
      Integer older = newest.put(keyOf(facts.get(at)), at);
      if (older != null) compacted.add(older);
      boolean old = at < readByAll && at != end(); // Kafka leaves the last where it is
      if (old && isTombstone(facts.get(at)) && chance.even()) compacted.add(at);
    }
  }

  private static boolean isTombstone(Fact fact) {
    return fact instanceof Fact.Deleted
        || (fact instanceof Fact.Leased(var name, var holders) && holders.isEmpty());
  }

  /** As in the config topic: a deletion is a tombstone of the configuration. */
  private static String keyOf(Fact fact) {
    String kind =
        switch (fact) {
          case Fact.Configured ignored -> "connector";
          case Fact.Deleted ignored -> "connector";
          case Fact.TaskRestartAsked(var name, var task) -> "restart-task-" + task;
          case Fact.Expected(var member, var holdMs) -> "expected-" + member;
          case Fact other -> other.getClass().getSimpleName();
        };
    return kind + "/" + fact.connector();
  }
}
