package dev.millrace.engine;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one piece of work has counted, and what it waits for at the moment. Thread-safe: written by
 * the work's thread and its clients' callbacks, read by anyone.
 */
public final class Counters {
  private final Map<Count, AtomicLong> values = new EnumMap<>(Count.class);
  private volatile String waitingFor = "";

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

  /** Says what the work waits for or retries, for people; empty when it does not. */
  public void waitingFor(String what) {
    waitingFor = what;
  }

  /** All values and what is waited for, at about one moment. */
  public Snapshot snapshot() {
    Map<Count, Long> copy = new EnumMap<>(Count.class);
    for (Count count : Count.values()) {
      copy.put(count, get(count));
    }
    return new Snapshot(Map.copyOf(copy), waitingFor);
  }

  /**
   * Values of one moment.
   *
   * @param values every {@link Count}
   * @param waitingFor what the work waits for or retries; empty when it does not
   */
  public record Snapshot(Map<Count, Long> values, String waitingFor) {
    /** One value. */
    public long get(Count what) {
      return values.getOrDefault(what, 0L);
    }
  }
}
