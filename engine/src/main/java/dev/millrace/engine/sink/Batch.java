package dev.millrace.engine.sink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/** The records to be put next, or again. Bounded by one poll. Owned by the work's thread. */
final class Batch {
  /** One record and the partition it was consumed from. */
  record Held(TopicPartition origin, SinkRecord record) {}

  /** In order, and beside each where it came from. */
  private final List<SinkRecord> records = new ArrayList<>();

  private final List<TopicPartition> origins = new ArrayList<>();

  void add(TopicPartition origin, List<SinkRecord> more) {
    records.addAll(more);
    origins.addAll(Collections.nCopies(more.size(), origin));
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  /** What is held, in order. */
  List<Held> held() {
    List<Held> held = new ArrayList<>(records.size());
    for (int i = 0; i < records.size(); i++) {
      held.add(new Held(origins.get(i), records.get(i)));
    }
    return held;
  }

  /** Holds only these any more. */
  void keep(List<Held> rest) {
    clear();
    rest.forEach(each -> add(each.origin(), List.of(each.record())));
  }

  void clear() {
    records.clear();
    origins.clear();
  }

  void remove(Collection<TopicPartition> partitions) {
    Set<TopicPartition> gone = Set.copyOf(partitions);
    keep(held().stream().filter(each -> !gone.contains(each.origin())).toList());
  }

  /** A copy for the task, which may change it. */
  List<SinkRecord> records() {
    return new ArrayList<>(records);
  }
}
