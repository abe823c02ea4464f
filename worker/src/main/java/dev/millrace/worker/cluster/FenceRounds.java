package dev.millrace.worker.cluster;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.control.Event;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's part of fencing: shuts out the tasks that may still write, then has that recorded. A
 * leader begins with it when it knows all that its predecessor has decided: else it would repeat
 * what is recorded; one that leads no more is cut off, since its successor fences, too, and what
 * comes late would shut out tasks that have begun since. One round for each set of a connector's
 * tasks. A round that fails is not recorded, so that it is asked for again. One that has succeeded
 * is not repeated: whoever asks before the record is read would have the new set's own tasks shut
 * out, which begin just then. Thread-safe.
 */
final class FenceRounds {
  private static final Logger LOG = LoggerFactory.getLogger(FenceRounds.class);
  private static final long NONE = -1;

  /** What is known, if this worker decides. */
  private record Known(ClusterState state, boolean decides) {}

  private final Fencer fencer;
  private final Map<String, Thread> running = new ConcurrentHashMap<>(); // by connector
  private volatile Known known = new Known(ClusterState.EMPTY, false);
  private final Map<String, Long> fenced = new ConcurrentHashMap<>(); // newest set by connector

  FenceRounds(Fencer fencer) {
    this.fencer = fencer;
  }

  /**
   * Takes note of what is known by now; where others decide, cuts off what is under way.
   *
   * @param decides whether this worker leads and knows all that was decided before
   */
  void look(ClusterState state, boolean decides) {
    known = new Known(state, decides);
    if (!decides) running.values().forEach(Thread::interrupt);
  }

  /**
   * Begins a round, unless there is one; asks for the record only where there was one. Does nothing
   * where others decide: who has asked does so again.
   */
  void begin(Command.RecordFencing asked, Consumer<Event> events) {
    var now = known;
    if (!now.decides()) return;
    var state = now.state();
    var connector = state.connector(asked.connector());
    var fencing = state.fencing(asked.connector());
    boolean due = fencing.pending() && fencing.generation() == asked.generation();
    if (connector.isEmpty()) fenced.remove(asked.connector());
    if (connector.isEmpty() || !due) return;
    var round =
        Thread.ofVirtual()
            .name("fence-" + asked.connector())
            .unstarted(() -> round(asked, connector.get(), fencing.tasks(), events));
    if (running.putIfAbsent(asked.connector(), round) != null) return;
    if (fenced.getOrDefault(asked.connector(), NONE) == asked.generation()) {
      running.remove(asked.connector());
      events.accept(new Event.Asked(0, asked));
      return;
    }
    round.start();
  }

  private void round(
      Command.RecordFencing asked, ConnectorState connector, int tasks, Consumer<Event> events) {
    String name = asked.connector();
    try {
      boolean alone = tasks == 1 && connector.tasks().size() == 1; // it fences its predecessor
      if (tasks > 0 && !alone) {
        if (!known.decides()) return; // by now: who had to cut it off may have come too soon
        LOG.info("Fencing {} earlier tasks of connector {}", tasks, name);
        fencer.fence(name, connector, tasks);
      }
      fenced.put(name, asked.generation());
      events.accept(new Event.Asked(0, asked));
    } catch (RuntimeException | Error e) { // also of plugins that the client was made with
      LOG.warn("Earlier tasks of connector {} could not be fenced: {}", name, e.toString());
    } finally {
      running.remove(name);
    }
  }
}
