package dev.millrace.model.control;

import dev.millrace.model.Fact;
import dev.millrace.model.Rejection;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Facts that the log does not take. They are left out for a while, so that nothing else fails
 * together with them, and tried again then, since a limit may have been raised. Owned by the core's
 * thread.
 */
final class Refusals {

  /** After so long it is tried again. */
  static final long KEPT_MS = 30_000;

  private static final int MAX = 1_000;

  /** Stands for a fact, which may be large. */
  private record Key(Class<?> kind, String connector, int hash) {
    static Key of(Fact fact) {
      return new Key(fact.getClass(), fact.connector(), fact.hashCode());
    }
  }

  private record Refusal(Rejection why, long until) {}

  private final Map<Key, Refusal> known = new LinkedHashMap<>();

  void note(long now, Map<Fact, Rejection> refused) {
    known.values().removeIf(refusal -> now >= refusal.until());
    refused.forEach((fact, why) -> known.put(Key.of(fact), new Refusal(why, now + KEPT_MS)));
    var oldest = known.keySet().iterator();
    while (known.size() > MAX) {
      oldest.next();
      oldest.remove();
    }
  }

  /**
   * Tasks of connectors that are restarted or changed by these facts are tried again: somebody may
   * have raised a limit before.
   */
  void forgetTasks(Collection<Fact> made) {
    if (known.isEmpty()) return;
    for (var fact : made) {
      if (!(fact instanceof Fact.RestartAsked) && !(fact instanceof Fact.Configured)) continue;
      known
          .keySet()
          .removeIf(
              key ->
                  key.kind() == Fact.TasksComputed.class
                      && key.connector().equals(fact.connector()));
    }
  }

  /** Why these facts cannot be written together, if so. */
  Optional<Rejection> of(long now, Collection<? extends Fact> facts) {
    if (known.isEmpty()) return Optional.empty();
    return facts.stream()
        .map(fact -> known.get(Key.of(fact)))
        .filter(refusal -> refusal != null && now < refusal.until())
        .map(Refusal::why)
        .findFirst();
  }

  /** Those that may be written. */
  <F extends Fact> List<F> without(long now, List<F> facts) {
    if (known.isEmpty()) return facts;
    return facts.stream().filter(fact -> of(now, List.of(fact)).isEmpty()).toList();
  }
}
