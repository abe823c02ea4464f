package dev.millrace.model.control;

import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** Wanted minus actual. A newer version is a stop and, once that has ended, a start. */
public final class Reconciler {

  private Reconciler() {}

  /** What must change here so that actual becomes wanted; starts, stops and retargets only. */
  public static List<Action> reconcile(
      SortedMap<WorkId, WorkSpec> wanted, SortedMap<WorkId, Held> actual) {
    var actions = new ArrayList<Action>();
    actual.forEach(
        (id, held) -> {
          if (held.phase() == Held.Phase.STOPPING) return;
          var spec = wanted.get(id);
          if (spec == null || outdated(spec, held)) {
            actions.add(new Action.Stop(id));
          } else if (spec.target() != held.target()) {
            actions.add(new Action.Retarget(id, spec.target()));
          }
        });
    wanted.forEach(
        (id, spec) -> {
          if (!actual.containsKey(id)) actions.add(new Action.Start(spec));
        });
    return actions;
  }

  private static boolean outdated(WorkSpec spec, Held held) {
    return spec.version() > held.asOf()
        || (held.phase() == Held.Phase.FAILED && spec.retryFailedAt() > held.asOf())
        || stopsFailed(spec, held);
  }

  /**
   * A failed connector can be stopped, and nothing else: a new instance, which is not started,
   * takes its place (compat: semantics §1).
   */
  private static boolean stopsFailed(WorkSpec spec, Held held) {
    return spec.id().isInstance()
        && held.phase() == Held.Phase.FAILED
        && spec.target() == TargetState.STOPPED
        && held.target() != TargetState.STOPPED;
  }
}
