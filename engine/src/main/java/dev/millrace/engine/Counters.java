package dev.millrace.engine;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one piece of work has counted and measured, and what it waits for at the moment. Counting is
 * one atomic addition, without lock or allocation, so that it may be done for every record; {@link
 * #sample} is dearer and is for batches. Thread-safe: written by the work's thread and its clients'
 * callbacks, read by anyone.
 */
public final class Counters {

  /** Takes single measurements, to make averages and maxima of them; thread-safe. */
  @FunctionalInterface
  public interface Samples {
    /** Forgets every measurement. */
    Samples NONE = (what, value) -> {};

    /** One measurement; must neither block nor throw. */
    void take(Sample what, long value);
  }

  private final Map<Count, AtomicLong> values = new EnumMap<>(Count.class);
  private final Samples samples;
  private volatile String waitingFor = "";

  /** Counters at zero, whose measurements nobody takes. */
  public Counters() {
    this(Samples.NONE);
  }

  /** Counters at zero. */
  public Counters(Samples samples) {
    this.samples = samples;
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

  /** Hands over one measurement; for batches and rarer events, not for records. */
  public void sample(Sample what, long value) {
    samples.take(what, value);
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

  /** What the work waits for or retries; empty when it does not. */
  public String waitingFor() {
    return waitingFor;
  }
}
