package dev.millrace.model;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a piece of work is in its life, as the worker that holds it sees it.
 *
 * @param phase the state
 * @param detail stack trace of a failure, or where an abandoned thread was left; else empty
 */
public record WorkStatus(Phase phase, String detail) {

  /** The states of work; {@link #MAY_FOLLOW} says which may follow which. */
  public enum Phase {
    STARTING,
    RUNNING,
    PAUSED,
    STOPPING,
    STOPPED,
    FAILED,
    /** It did not stop within its deadline; its thread was left behind. */
    ABANDONED
  }

  private static final Map<Phase, Set<Phase>> MAY_FOLLOW =
      Map.of(
          Phase.STARTING, EnumSet.of(Phase.RUNNING, Phase.PAUSED, Phase.STOPPING, Phase.FAILED),
          Phase.RUNNING, EnumSet.of(Phase.PAUSED, Phase.STOPPING, Phase.FAILED),
          Phase.PAUSED, EnumSet.of(Phase.RUNNING, Phase.STOPPING, Phase.FAILED),
          Phase.STOPPING, EnumSet.of(Phase.STOPPED, Phase.ABANDONED),
          Phase.STOPPED, EnumSet.noneOf(Phase.class),
          Phase.FAILED, EnumSet.of(Phase.STOPPING),
          Phase.ABANDONED, EnumSet.noneOf(Phase.class));

  public static final WorkStatus STARTING = new WorkStatus(Phase.STARTING, "");
  public static final WorkStatus RUNNING = new WorkStatus(Phase.RUNNING, "");
  public static final WorkStatus PAUSED = new WorkStatus(Phase.PAUSED, "");
  public static final WorkStatus STOPPING = new WorkStatus(Phase.STOPPING, "");
  public static final WorkStatus STOPPED = new WorkStatus(Phase.STOPPED, "");

  public static WorkStatus failed(String trace) {
    return new WorkStatus(Phase.FAILED, trace);
  }

  public static WorkStatus abandoned(String where) {
    return new WorkStatus(Phase.ABANDONED, where);
  }

  /** Which states may follow which, in the order of {@link Phase}. */
  public static SortedMap<Phase, Set<Phase>> transitions() {
    var table = new TreeMap<Phase, Set<Phase>>();
    MAY_FOLLOW.forEach((from, to) -> table.put(from, EnumSet.copyOf(to)));
    return table;
  }

  /** True when the life cycle allows that status after this one. */
  public boolean mayBecome(WorkStatus next) {
    return MAY_FOLLOW.get(phase).contains(next.phase);
  }
}
