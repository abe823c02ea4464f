package dev.millrace.engine.sink;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions are paused and why: by the task, because the connector is paused, or because a
 * batch has to be put again. Owned by the work's thread.
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
    if (retrying != value) {
      retrying = value;
      apply();
    }
  }

  void connectorPaused(boolean value) {
    connectorPaused = value;
    apply();
  }

  void pause(Collection<TopicPartition> partitions) {
    byTask.addAll(partitions);
    apply();
  }

  void resume(Collection<TopicPartition> partitions) {
    byTask.removeAll(partitions);
    apply();
  }

  /** Brings the consumer to the wanted state; after each change of assignment too. */
  void apply() {
    Set<TopicPartition> assigned = consumer.assignment();
    byTask.retainAll(assigned);
    Set<TopicPartition> paused = connectorPaused || retrying ? assigned : Set.copyOf(byTask);
    Set<TopicPartition> running = new HashSet<>(assigned);
    running.removeAll(paused);
    consumer.pause(paused);
    consumer.resume(running);
  }
}
