package dev.millrace.engine;

import dev.millrace.model.Waiting;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one piece of work has counted, and what it waits for at the moment. Thread-safe: written by
 * the work's thread and its clients' callbacks, read by anyone.
 */
public final class Counters {
  private final Map<Count, AtomicLong> values = new EnumMap<>(Count.class);
  private final Map<Cause, Waiting> waits = new ConcurrentHashMap<>();

  /** Who keeps the work waiting; several may at once. */
  public enum Cause {
    /** The plugin failed for the moment and is asked again. */
    PLUGIN,
    /** An operation on a record failed and is repeated. */
    RECORD,
    /** A record could not be handed to the producer and is handed over again. */
    SEND,
    /** Kafka does not answer. */
    KAFKA
  }

  /** Counters at zero. */
  public Counters() {
    for (Count count : Count.values()) {
      values.put(count, new AtomicLong());
    }
  }

  /** Adds one. */
  public void add(Count what) {
    add(what, 1);
  }

  /** Adds an amount. */
  public void add(Count what, long amount) {
    value(what).addAndGet(amount);
  }

  /** Sets a level. */
  public void set(Count what, long value) {
    value(what).set(value);
  }

  /** The present value. */
  public long get(Count what) {
    return value(what).get();
  }

  private AtomicLong value(Count what) {
    return Objects.requireNonNull(values.get(what));
  }

  /**
   * The work waits. Said again, only the text changes: the wait has its first beginning.
   *
   * @param what for people, to be read after "waiting for"
   * @param wallMs now
   * @return whether the wait begins
   */
  public boolean waitingFor(Cause cause, String what, long wallMs) {
    Waiting before = waits.get(cause);
    waits.put(cause, new Waiting(what, before == null ? wallMs : before.sinceMs()));
    return before == null;
  }

  /** The wait is over; whether there was one. */
  public boolean goesOn(Cause cause) {
    return waits.remove(cause) != null;
  }

  /** The work is over: it waits for nothing. */
  public void waitsNoMore() {
    waits.clear();
  }

  /** The longest of the present waits. */
  public Optional<Waiting> waiting() {
    return waits.values().stream().min(Comparator.comparingLong(Waiting::sinceMs));
  }

  /** All values, at about one moment. */
  public Snapshot snapshot() {
    Map<Count, Long> copy = new EnumMap<>(Count.class);
    for (Count count : Count.values()) {
      copy.put(count, get(count));
    }
    return new Snapshot(Map.copyOf(copy));
  }

  /**
   * Values of one moment.
   *
   * @param values every {@link Count}
   */
  public record Snapshot(Map<Count, Long> values) {
    /** One value. */
    public long get(Count what) {
      return values.getOrDefault(what, 0L);
    }
  }
}
