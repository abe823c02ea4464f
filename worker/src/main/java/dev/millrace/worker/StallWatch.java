package dev.millrace.worker;

import dev.millrace.engine.Counters;
import dev.millrace.engine.Waits;
import dev.millrace.model.WorkId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds work of which a thread has been inside one call of plugin code for longer than a limit, and
 * puts it on the status board. Waits of the worker's own, such as for records, a pause or Kafka,
 * are no stall: they are told apart by the threads' stacks, which are taken only once the limit has
 * passed. Used by one thread.
 */
final class StallWatch {

  private static final Logger LOG = LoggerFactory.getLogger(StallWatch.class);
  private static final List<String> OURS =
      List.of(
          "dev.millrace.engine.",
          "dev.millrace.worker.",
          "dev.millrace.plugins.",
          "dev.millrace.kafka.");
  private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.");
  private static final String KAFKA = "org.apache.kafka.clients.";

  private final Duration limit;
  private final Waits clocks;
  private final StatusBoard board;
  private final Map<WorkId, Call> found = new HashMap<>();

  /** One call that does not return; when it began by both clocks. */
  private record Call(long beganMs, Instant since) {}

  /**
   * A watch with this limit; zero finds nothing.
   *
   * @param clocks those of the work that is watched
   */
  StallWatch(Duration limit, Waits clocks, StatusBoard board) {
    this.limit = limit;
    this.clocks = clocks;
    this.board = board;
  }

  /**
   * Looks at a piece of work.
   *
   * @param threads its own, and those that help it
   * @param turnBeganMs when its thread began what it is doing, by the monotonic clock, which nobody
   *     sets; {@link Counters#NO_TURN} when it does nothing
   */
  void look(WorkId id, List<Thread> threads, long turnBeganMs) {
    boolean busy = turnBeganMs != Counters.NO_TURN;
    boolean late = busy && !limit.isZero() && clocks.nowMs() - turnBeganMs >= limit.toMillis();
    var place = late ? inside(threads) : Optional.<Place>empty();
    if (place.isEmpty()) {
      over(id);
      return;
    }
    var stall = new Stall(place.get().method(), since(id, turnBeganMs), text(place.get().stack()));
    if (board.stalled(id, stall)) {
      LOG.warn(
          "{} is in {} since {} and does not return:\n{}",
          id,
          stall.method(),
          stall.since(),
          stall.stack());
    }
  }

  /** Where a thread is. */
  @SuppressWarnings("ArrayRecordComponent") // carried between methods, never compared
  private record Place(String method, StackTraceElement[] stack) {}

  /** The first of them that is inside plugin code. */
  private static Optional<Place> inside(List<Thread> threads) {
    return threads.stream()
        .map(Thread::getStackTrace)
        .flatMap(stack -> called(stack).map(method -> new Place(method, stack)).stream())
        .findFirst();
  }

  /** By the calendar as it was when the call was found; it may be set meanwhile. */
  private Instant since(WorkId id, long turnBeganMs) {
    Call call =
        found.compute(
            id,
            (same, before) ->
                before != null && before.beganMs() == turnBeganMs
                    ? before
                    : new Call(turnBeganMs, calendar(turnBeganMs)));
    return call.since();
  }

  private Instant calendar(long nowMs) {
    return Instant.ofEpochMilli(clocks.wallMs() - (clocks.nowMs() - nowMs));
  }

  /** The work is not in such a call, or not here any more. */
  void over(WorkId id) {
    found.remove(id);
    if (board.stallOver(id)) LOG.info("{} has returned from the call it was in", id);
  }

  /**
   * Only this work is here still. The threads of what was abandoned are told of as left behind, and
   * no more as a call that may return.
   */
  void keepOnly(Set<WorkId> present) {
    var gone = found.keySet().stream().filter(id -> !present.contains(id)).toList();
    gone.forEach(
        id -> {
          found.remove(id);
          board.stallOver(id);
        });
  }

  /** The first call out of our code, into what is neither the JDK nor a client of ours. */
  private static Optional<String> called(StackTraceElement[] stack) {
    boolean entered = false;
    for (int i = stack.length - 1; i >= 0; i--) {
      var type = stack[i].getClassName();
      boolean ours = startsWithAny(type, OURS);
      entered |= ours;
      if (!entered || ours || startsWithAny(type, JDK)) continue;
      return type.startsWith(KAFKA)
          ? Optional.empty()
          : Optional.of(type + "." + stack[i].getMethodName());
    }
    return Optional.empty();
  }

  private static boolean startsWithAny(String type, List<String> prefixes) {
    return prefixes.stream().anyMatch(type::startsWith);
  }

  private static String text(StackTraceElement[] stack) {
    return Arrays.stream(stack).map(frame -> "\tat " + frame).collect(Collectors.joining("\n"));
  }
}
