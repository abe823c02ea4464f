package dev.millrace.engine.sink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/** The records to be put next, or again. Bounded by one poll. Owned by the work's thread. */
final class Batch {
  /** One record and the partition it was consumed from. */
  record Held(TopicPartition origin, SinkRecord record) {}

  private final List<Held> held = new ArrayList<>();

  void add(TopicPartition origin, SinkRecord record) {
    held.add(new Held(origin, record));
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /** What is held, in order. */
  List<Held> held() {
    return List.copyOf(held);
  }

  /** Holds only these any more. */
  void keep(List<Held> rest) {
    held.clear();
    held.addAll(rest);
  }

  void clear() {
    held.clear();
  }

  void remove(Collection<TopicPartition> partitions) {
    Set<TopicPartition> gone = Set.copyOf(partitions);
    held.removeIf(each -> gone.contains(each.origin()));
  }

  /** A copy for the task, which may change it. */
  List<SinkRecord> records() {
    List<SinkRecord> records = new ArrayList<>(held.size());
    held.forEach(each -> records.add(each.record()));
    return records;
  }
}
