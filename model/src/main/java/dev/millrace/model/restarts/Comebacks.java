package dev.millrace.model.restarts;

import dev.millrace.model.WorkId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Which failed work of one worker is to be restarted when. Owned by the control core's thread. It
 * is about work held here: whoever takes work over begins to count anew.
 */
public final class Comebacks {

  /** After this long an attempt that had no effect is asked for again. */
  static final long ASK_AGAIN_MS = 5_000;

  /** A piece of work that runs: how often it was brought back in a row, and since when it runs. */
  private record Run(int attempts, long sinceMs) {}

  private final RandomGenerator chance;
  private final Map<WorkId, Run> runs = new HashMap<>();
  private final SortedMap<WorkId, NextRestart> ahead = new TreeMap<>();
  private final Map<WorkId, Integer> asked = new HashMap<>();

  /** Nothing is known yet. */
  public Comebacks(RandomGenerator chance) {
    this.chance = chance;
  }

  /** The work begins, brought back by us or by somebody else, or for the first time. */
  public void started(long now, WorkId id) {
    var attempt = asked.remove(id);
    ahead.remove(id);
    runs.put(id, new Run(attempt == null ? 0 : attempt, now));
  }

  /** The work is not here any more, and will not come back by our doing. */
  public void gone(WorkId id) {
    asked.remove(id);
    ahead.remove(id);
    runs.remove(id);
  }

  /**
   * The work has failed.
   *
   * @param permanent whether it would fail again in the same way, whatever one does
   */
  public void failed(long now, WorkId id, boolean permanent, RestartPolicy policy) {
    var run = runs.getOrDefault(id, new Run(0, now));
    boolean well = now - run.sinceMs() >= policy.healthyAfterMs();
    int attempt = (well ? 0 : run.attempts()) + 1;
    if (permanent || !policy.allows(attempt)) return;
    ahead.put(id, new NextRestart(attempt, now + policy.pauseMs(attempt, chance.nextDouble())));
  }

  /**
   * What is to be restarted now.
   *
   * @param wanted whether the work has still failed and is wanted to run
   */
  public List<WorkId> due(long now, Predicate<WorkId> wanted) {
    if (ahead.isEmpty()) return List.of();
    var due = new ArrayList<WorkId>();
    for (var each : Map.copyOf(ahead).entrySet()) {
      var id = each.getKey();
      var next = each.getValue();
      if (next.atMs() > now || !wanted.test(id)) continue;
      due.add(id);
      asked.put(id, next.attempt());
      ahead.put(id, new NextRestart(next.attempt(), now + ASK_AGAIN_MS));
    }
    due.sort(null);
    return due;
  }

  /** All restarts ahead, on the clock that is given to the other methods. A view. */
  public SortedMap<WorkId, NextRestart> ahead() {
    return Collections.unmodifiableSortedMap(ahead);
  }
}
