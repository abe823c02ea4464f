package dev.millrace.cli.demo;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * Row ids and how often they were met: one bit each, so that millions fit. Owned by one thread at a
 * time.
 */
public final class Ids {
  private static final int CHUNK_BITS = 20;
  private static final long MASK = (1L << CHUNK_BITS) - 1;

  private final Map<Long, BitSet> chunks = new TreeMap<>();
  private long total;
  private long distinct;

  /** None. */
  public Ids() {}

  /** Adds an id; a repeated one counts as such. */
  public void add(long id) {
    BitSet chunk = chunks.computeIfAbsent(id >> CHUNK_BITS, key -> new BitSet());
    int bit = (int) (id & MASK);
    total++;
    if (!chunk.get(bit)) {
      chunk.set(bit);
      distinct++;
    }
  }

  /** How many were added, repeated ones too. */
  public long total() {
    return total;
  }

  /** How many of those added had been added before. */
  public long repeated() {
    return total - distinct;
  }

  /** How many different ids of these are not among the others. */
  public long notIn(Ids others) {
    long missing = 0;
    for (Map.Entry<Long, BitSet> entry : chunks.entrySet()) {
      BitSet rest = (BitSet) entry.getValue().clone();
      rest.andNot(others.chunks.getOrDefault(entry.getKey(), new BitSet()));
      missing += rest.cardinality();
    }
    return missing;
  }
}
