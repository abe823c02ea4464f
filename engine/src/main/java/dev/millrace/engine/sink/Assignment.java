package dev.millrace.engine.sink;

import dev.millrace.engine.Closer;
import dev.millrace.engine.Count;
import dev.millrace.engine.Environment;
import dev.millrace.engine.Loaders;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * Follows the partitions a sink task gets and loses (compat: semantics §6). Called inside the
 * consumer's poll, on the work's thread. What the task throws is kept and thrown after the poll.
 */
final class Assignment implements ConsumerRebalanceListener {
  private final Environment environment;
  private final Consumer<byte[], byte[]> consumer;
  private final SinkTask task;
  private final PartitionProgress progress;
  private final Batch batch;
  private final Hooks hooks;
  private Closer errors = new Closer();
  private boolean over;

  /** What the listener needs of its surroundings. */
  interface Hooks {
    /** Commits and has the task close these. */
    void commitAndClose(Collection<TopicPartition> partitions) throws Exception;

    /** Re-establishes what is paused. */
    void repause();

    /** Applies the offsets the task asked for. */
    void applyOffsets();
  }

  Assignment(
      Environment environment,
      Consumer<byte[], byte[]> consumer,
      SinkTask task,
      PartitionProgress progress,
      Batch batch,
      Hooks hooks) {
    this.environment = environment;
    this.consumer = consumer;
    this.task = task;
    this.progress = progress;
    this.batch = batch;
    this.hooks = hooks;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    guarded(
        () -> {
          for (TopicPartition partition : partitions) {
            progress.assign(partition, Wakeups.ignored(() -> consumer.position(partition)));
          }
          hooks.repause();
          if (!partitions.isEmpty()) {
            task.open(List.copyOf(partitions));
          }
          hooks.applyOffsets();
        });
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    guarded(() -> hooks.commitAndClose(List.copyOf(partitions)));
    forget(partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    guarded(
        () -> {
          if (!partitions.isEmpty()) {
            task.close(List.copyOf(partitions));
          }
        });
    forget(partitions);
  }

  private void forget(Collection<TopicPartition> partitions) {
    if (!over) {
      progress.remove(partitions);
      batch.remove(partitions);
      progress.publish(environment.counters());
    }
  }

  private void guarded(Loaders.Action action) {
    if (!over) {
      errors.close(action);
      progress.publish(environment.counters());
    }
  }

  /** Throws what a callback threw. */
  void check() throws Exception {
    Closer thrown = errors;
    errors = new Closer();
    thrown.rethrow();
  }

  /** The task is at its end: later callbacks mean nothing. */
  void over() {
    over = true;
    environment.counters().set(Count.PARTITIONS, 0);
  }
}
