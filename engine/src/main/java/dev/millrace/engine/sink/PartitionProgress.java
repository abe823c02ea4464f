package dev.millrace.engine.sink;

import dev.millrace.engine.Count;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Sample;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a sink has come in each assigned partition: what was read, what was put and may be
 * committed, what was committed (compat: semantics §6). Pure; owned by the work's thread.
 *
 * <p>Invariant: nothing is ever offered for commit beyond what was put.
 */
public final class PartitionProgress {
  private final Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> put = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();

  /**
   * What a task's answer to preCommit comes to.
   *
   * @param offsets what to commit: the last commit, moved by the answer
   * @param ignored entries of the answer that are not for an assigned partition, or beyond what was
   *     put
   */
  public record Accepted(
      Map<TopicPartition, OffsetAndMetadata> offsets,
      Map<TopicPartition, OffsetAndMetadata> ignored) {}

  /** A partition is assigned; its position counts as read, put and committed. */
  public void assign(TopicPartition partition, long position) {
    moveTo(partition, position);
  }

  /** Reading goes on from this offset, by the task's own wish; it counts as committed. */
  public void seek(TopicPartition partition, long offset) {
    if (put.containsKey(partition)) {
      moveTo(partition, offset);
    }
  }

  private void moveTo(TopicPartition partition, long offset) {
    OffsetAndMetadata position = new OffsetAndMetadata(offset);
    read.put(partition, position);
    put.put(partition, position);
    committed.put(partition, position);
  }

  /** Partitions are no longer assigned. */
  public void remove(Collection<TopicPartition> partitions) {
    read.keySet().removeAll(partitions);
    put.keySet().removeAll(partitions);
    committed.keySet().removeAll(partitions);
  }

  /** The assigned partitions. */
  public Set<TopicPartition> partitions() {
    return Set.copyOf(put.keySet());
  }

  /** A record was read (and perhaps left out); next is the offset behind it. */
  public void read(TopicPartition partition, OffsetAndMetadata next) {
    read.computeIfPresent(partition, (p, before) -> next);
  }

  /** All that was read has been put. */
  public void put() {
    put.putAll(read);
  }

  /** What may be committed of these partitions; a new map. */
  public Map<TopicPartition, OffsetAndMetadata> committable(Collection<TopicPartition> scope) {
    return select(put, scope);
  }

  /** What was last committed of these partitions; a new map. */
  public Map<TopicPartition, OffsetAndMetadata> committed(Collection<TopicPartition> scope) {
    return select(committed, scope);
  }

  private static Map<TopicPartition, OffsetAndMetadata> select(
      Map<TopicPartition, OffsetAndMetadata> from, Collection<TopicPartition> scope) {
    Map<TopicPartition, OffsetAndMetadata> selected = new HashMap<>(from);
    selected.keySet().retainAll(Set.copyOf(scope));
    return selected;
  }

  /** Checks a task's answer to preCommit for these partitions. */
  public Accepted accept(
      Collection<TopicPartition> scope, Map<TopicPartition, OffsetAndMetadata> answer) {
    Map<TopicPartition, OffsetAndMetadata> offsets = committed(scope);
    Map<TopicPartition, OffsetAndMetadata> ignored = new HashMap<>();
    answer.forEach(
        (partition, offset) -> {
          boolean usable = offsets.containsKey(partition) && mayCommit(partition, offset);
          (usable ? offsets : ignored).put(partition, offset);
        });
    return new Accepted(offsets, ignored);
  }

  private boolean mayCommit(TopicPartition partition, OffsetAndMetadata offset) {
    return offset != null && offset.offset() <= put.get(partition).offset();
  }

  /** A commit succeeded; partitions that were taken away meanwhile are left out. */
  public void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
    offsets.forEach((partition, offset) -> committed.replace(partition, offset));
  }

  /** Goes back to the last commit; the offsets to read on from. */
  public Map<TopicPartition, OffsetAndMetadata> rewind() {
    read.putAll(committed);
    put.putAll(committed);
    return new HashMap<>(committed);
  }

  /** Says how far it is behind: assigned partitions, records consumed and not committed. */
  void publish(Counters counters) {
    long sum = 0;
    long largest = 0;
    for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : read.entrySet()) {
      long behind = entry.getValue().offset() - committed.get(entry.getKey()).offset();
      sum += behind;
      largest = Math.max(largest, behind);
    }
    counters.set(Count.PARTITIONS, read.size());
    counters.set(Count.SINK_ACTIVE, Math.max(0, sum));
    counters.set(Count.SINK_LAG, largest);
    counters.sample(Sample.SINK_ACTIVE, Math.max(0, sum));
  }
}
