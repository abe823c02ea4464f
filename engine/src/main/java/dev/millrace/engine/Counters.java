package dev.millrace.engine;

import dev.millrace.model.Waiting;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one piece of work has counted and measured, and what it waits for at the moment. Counting is
 * one atomic addition, without lock or allocation, so that it may be done for every record; {@link
 * #sample} is dearer and is for batches. Thread-safe: written by the work's thread and its clients'
 * callbacks, read by anyone.
 */
public final class Counters {

  /** Of {@link #turnBeganMs} while the work's thread does nothing. */
  public static final long NO_TURN = Long.MIN_VALUE;

  /** Takes single measurements, to make averages and maxima of them; thread-safe. */
  @FunctionalInterface
  public interface Samples {
    /** Forgets every measurement. */
    Samples NONE = (what, value) -> {};

    /** One measurement; must neither block nor throw. */
    void take(Sample what, long value);
  }

  /** By their ordinal: counting is done for every record. */
  private final AtomicLong[] values = new AtomicLong[Count.values().length];

  private final Samples samples;
  private volatile long turnBeganMs = NO_TURN;
  private final Map<Cause, Waiting> waits = new ConcurrentHashMap<>();

  /** Who keeps the work waiting; several may at once. */
  public enum Cause {
    /** The plugin failed for the moment and is asked again. */
    PLUGIN,
    /** The plugin's own code has not returned for long. */
    SLOW,
    /** An operation on a record failed and is repeated. */
    RECORD,
    /** A record could not be handed to the producer and is handed over again. */
    SEND,
    /** Kafka does not answer. */
    KAFKA
  }

  /** Counters at zero, whose measurements nobody takes. */
  public Counters() {
    this(Samples.NONE);
  }

  /** Counters at zero. */
  public Counters(Samples samples) {
    this.samples = samples;
    Arrays.setAll(values, ordinal -> new AtomicLong());
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

  @SuppressWarnings("EnumOrdinal") // the index of an array that nobody else sees
  private AtomicLong value(Count what) {
    return values[what.ordinal()];
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

  /**
   * The work's thread begins something that may not return.
   *
   * @param nowMs by the monotonic clock, as of {@link Waits#nowMs}
   */
  public void turnBegan(long nowMs) {
    turnBeganMs = nowMs;
  }

  /** The work's thread has ended what it did, and does nothing more. */
  public void turnOver() {
    turnBeganMs = NO_TURN;
  }

  /** When the work's thread began what it is doing, by the monotonic clock; or NO_TURN. */
  public long turnBeganMs() {
    return turnBeganMs;
  }

  /** What has lasted longest of all that the work waits for. */
  public Optional<Cause> cause() {
    return waits.entrySet().stream()
        .min(Comparator.comparingLong(wait -> wait.getValue().sinceMs()))
        .map(Map.Entry::getKey);
  }

  /** The longest of the present waits. */
  public Optional<Waiting> waiting() {
    return waits.values().stream().min(Comparator.comparingLong(Waiting::sinceMs));
  }
}
