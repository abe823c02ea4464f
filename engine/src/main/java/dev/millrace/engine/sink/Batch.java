package dev.millrace.engine.sink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The records to be put next, or again: runs of records of one partition, as they were converted.
 * Bounded by one poll. Owned by the work's thread.
 */
final class Batch {
  /** One record and the partition it was consumed from. */
  record Held(TopicPartition origin, SinkRecord record) {}

  /** Records of one partition, at least one. */
  private record Run(TopicPartition origin, List<SinkRecord> records) {}

  private final List<Run> runs = new ArrayList<>();

  /** Adds records of a partition behind the others; the list is the batch's from now on. */
  void add(TopicPartition origin, List<SinkRecord> more) {
    if (!more.isEmpty()) {
      runs.add(new Run(origin, more));
    }
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  /** What is held, in order. */
  List<Held> held() {
    List<Held> held = new ArrayList<>();
    for (Run run : runs) {
      run.records().forEach(record -> held.add(new Held(run.origin(), record)));
    }
    return held;
  }

  /** Holds only these any more. */
  void keep(List<Held> rest) {
    clear();
    rest.forEach(each -> add(each.origin(), List.of(each.record())));
  }

  void clear() {
    runs.clear();
  }

  void remove(Collection<TopicPartition> partitions) {
    Set<TopicPartition> gone = Set.copyOf(partitions);
    runs.removeIf(run -> gone.contains(run.origin()));
  }

  /** A copy for the task, which may change it. */
  List<SinkRecord> records() {
    int size = runs.stream().mapToInt(run -> run.records().size()).sum();
    List<SinkRecord> all = new ArrayList<>(size);
    runs.forEach(run -> all.addAll(run.records()));
    return all;
  }
}
