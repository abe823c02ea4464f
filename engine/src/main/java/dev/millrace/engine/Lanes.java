package dev.millrace.engine;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;

/**
 * Takes records through several instances of a pipeline at once, its lanes, and gives what became
 * of them in the order of the records (decision 0116). Records of the same hash go through the same
 * lane, one after the other. Owned by one thread, which waits in it; each lane is used by one
 * thread at a time.
 *
 * @param <I> a record that comes in
 * @param <O> what it becomes
 */
public final class Lanes<I, O> {
  /** Fewer are not worth another thread. */
  private static final int FEW = 16;

  private static final Duration SLICE = Duration.ofMinutes(1);

  private final List<Lane<I, O>> lanes;
  private final ToIntFunction<I> hash;
  private final Helper helper;
  private final Waits waits;

  /**
   * Takes a record through one instance of the pipeline.
   *
   * @param <I> a record that comes in
   * @param <O> what it becomes
   */
  @FunctionalInterface
  public interface Lane<I, O> {
    /** What becomes of it; throws what no tolerance covers. */
    Outcome<O> apply(I record);
  }

  /** These lanes, of which records are given to one by their hash. */
  public Lanes(List<Lane<I, O>> lanes, ToIntFunction<I> hash, Helper helper, Waits waits) {
    this.lanes = List.copyOf(lanes);
    this.hash = hash;
    this.helper = helper;
    this.waits = waits;
  }

  /** Whether there is but one, so that it is not worth while to give it several records. */
  public boolean single() {
    return lanes.size() == 1;
  }

  /** Takes one record through its lane, on the calling thread. */
  public Outcome<O> apply(I record) {
    return lanes.get(single() ? 0 : laneOf(record)).apply(record);
  }

  private int laneOf(I record) {
    int spread = hash.applyAsInt(record) * 0x9E3779B9; // the upper bits depend on all of it
    return Math.floorMod(spread >>> 16, lanes.size());
  }

  /** What became of a record, or what is to be thrown when it is its turn. */
  public sealed interface Converted<O> {
    /** The outcome; throws what the lane has thrown. */
    Outcome<O> get();
  }

  private record Done<O>(Outcome<O> outcome) implements Converted<O> {
    @Override
    public Outcome<O> get() {
      return outcome;
    }
  }

  private record Thrown<O>(Throwable error) implements Converted<O> {
    @Override
    public Outcome<O> get() {
      if (error instanceof Error e) {
        throw e;
      }
      throw error instanceof RuntimeException e ? e : new IllegalStateException(error);
    }
  }

  /** Takes the records through their lanes, waits until all are through, and keeps their order. */
  public List<Converted<O>> convert(List<I> records) {
    Chunk chunk = new Chunk(records);
    if (records.size() >= FEW) {
      chunk.share();
    } else {
      chunk.alone();
    }
    return chunk.inOrder();
  }

  /** Some records under way. Its arrays are written by the lanes, each its own elements. */
  private final class Chunk {
    private final List<I> records;
    private final int[] laneOf;
    private final Converted<O>[] results;
    private final AtomicInteger busy = new AtomicInteger();

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    Chunk(List<I> records) {
      this.records = records;
      this.laneOf = records.stream().mapToInt(Lanes.this::laneOf).toArray();
      this.results = new Converted[records.size()];
    }

    /** The calling thread takes the first record's lane, others the rest. */
    void share() {
      int own = laneOf[0];
      int[] others = Arrays.stream(laneOf).filter(lane -> lane != own).distinct().toArray();
      for (int lane : others) {
        Passage passage = new Passage(lane);
        busy.incrementAndGet();
        boolean begun = false;
        try {
          helper.help(passage::step);
          begun = true;
        } finally {
          if (!begun) {
            busy.decrementAndGet();
            await();
          }
        }
      }
      new Passage(own).all();
      await();
    }

    void alone() {
      for (int lane : Arrays.stream(laneOf).distinct().toArray()) {
        new Passage(lane).all();
      }
    }

    /** Lanes hold plugin objects, so nobody goes on before they are free. */
    private void await() {
      while (!waits.await(() -> busy.get() == 0, SLICE)) {
        // a cancel ends the waits inside the lanes
      }
    }

    List<Converted<O>> inOrder() {
      return List.of(results);
    }

    /** The records of one lane, one after the other. */
    private final class Passage {
      private final int lane;
      private int next;

      Passage(int lane) {
        this.lane = lane;
      }

      void all() {
        while (advance()) {
          // the step has done it
        }
      }

      /** On the helper's thread. */
      boolean step() {
        if (advance()) {
          return true;
        }
        busy.decrementAndGet();
        waits.wake();
        return false;
      }

      /** Takes the lane's next record through; whether there may be more. Throws nothing. */
      private boolean advance() {
        while (next < laneOf.length && laneOf[next] != lane) {
          next++;
        }
        if (next == laneOf.length) {
          return false;
        }
        results[next] = taken(records.get(next));
        next++;
        return true;
      }

      @SuppressWarnings("CatchingUnchecked") // plugin code may throw anything, also sneakily
      private Converted<O> taken(I record) {
        try {
          return new Done<>(lanes.get(lane).apply(record));
        } catch (Throwable e) {
          return new Thrown<>(e);
        }
      }
    }
  }
}
