package dev.millrace.engine.sink;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions are paused and why: by the task, because the connector is paused, or because a
 * batch has to be put again. Wishes only, until {@link #apply}: the task may wish while the keeper
 * has the consumer. Owned by the work's thread.
 */
final class Pauses {
  private final Consumer<byte[], byte[]> consumer;
  private final Set<TopicPartition> byTask = new HashSet<>();
  private boolean connectorPaused;
  private boolean retrying;

  Pauses(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  boolean retrying() {
    return retrying;
  }

  void retrying(boolean value) {
    retrying = value;
  }

  void connectorPaused(boolean value) {
    connectorPaused = value;
  }

  boolean connectorPaused() {
    return connectorPaused;
  }

  /** Whether the task has paused anything. */
  boolean any() {
    return !byTask.isEmpty();
  }

  /** Whether nothing of this partition may be put, but for a batch that is put again. */
  boolean holds(TopicPartition partition) {
    return connectorPaused || byTask.contains(partition);
  }

  void pause(Collection<TopicPartition> partitions) {
    byTask.addAll(partitions);
  }

  void resume(Collection<TopicPartition> partitions) {
    byTask.removeAll(partitions);
  }

  /** These are assigned now; what the task paused of others is forgotten. */
  void assigned(Set<TopicPartition> partitions) {
    byTask.retainAll(partitions);
  }

  /** Brings the consumer to what is wished; before each poll, and when partitions have come. */
  void apply() {
    Set<TopicPartition> present = consumer.paused();
    boolean all = connectorPaused || retrying;
    if (!all && !any() && present.isEmpty()) {
      return;
    }
    Set<TopicPartition> wanted = new HashSet<>(consumer.assignment());
    if (!all) {
      wanted.retainAll(byTask);
    }
    if (!present.equals(wanted)) {
      Set<TopicPartition> running = new HashSet<>(present);
      running.removeAll(wanted);
      consumer.resume(running);
      consumer.pause(wanted);
    }
  }
}
