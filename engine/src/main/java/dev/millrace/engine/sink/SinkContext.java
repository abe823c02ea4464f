package dev.millrace.engine.sink;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.errors.IllegalWorkerStateException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * What a sink task may ask of its runtime. Requests for offsets, timeout and commit may come from
 * any thread; assignment, pause and resume are for the work's thread.
 */
final class SinkContext implements SinkTaskContext {
  private final SinkSetup setup;
  private final PartitionProgress progress;
  private final Pauses pauses;
  private final Supplier<ErrantRecordReporter> reporter;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<TopicPartition, Long> offsets = new HashMap<>();
  private long timeoutMs = -1;
  private final AtomicBoolean commitRequested = new AtomicBoolean();

  SinkContext(
      SinkSetup setup,
      PartitionProgress progress,
      Pauses pauses,
      Supplier<ErrantRecordReporter> reporter) {
    this.setup = setup;
    this.progress = progress;
    this.pauses = pauses;
    this.reporter = reporter;
  }

  @Override
  public Map<String, String> configs() {
    return setup.plugin().config();
  }

  @Override
  public void offset(Map<TopicPartition, Long> wanted) {
    lock.lock();
    try {
      wanted.forEach(
          (partition, offset) -> {
            if (offset != null) {
              offsets.put(partition, offset);
            }
          });
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void offset(TopicPartition partition, long offset) {
    lock.lock();
    try {
      offsets.put(partition, offset);
    } finally {
      lock.unlock();
    }
  }

  /** The offsets asked for; forgotten by this call. */
  Map<TopicPartition, Long> takeOffsets() {
    lock.lock();
    try {
      Map<TopicPartition, Long> taken = new HashMap<>(offsets);
      offsets.clear();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the offsets asked for of these partitions; from any thread. */
  void forgetOffsets(Collection<TopicPartition> partitions) {
    lock.lock();
    try {
      offsets.keySet().removeAll(partitions);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void timeout(long milliseconds) {
    lock.lock();
    try {
      timeoutMs = milliseconds;
    } finally {
      lock.unlock();
    }
  }

  /** The shorter of this and the timeout asked for; the latter is forgotten by this call. */
  long takeTimeout(long otherwiseMs) {
    lock.lock();
    try {
      long wanted = timeoutMs;
      timeoutMs = -1;
      return wanted > 0 ? Math.min(wanted, otherwiseMs) : otherwiseMs;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Set<TopicPartition> assignment() {
    return progress.partitions();
  }

  @Override
  public void pause(TopicPartition... partitions) {
    pauses.pause(assigned("pause", partitions));
  }

  @Override
  public void resume(TopicPartition... partitions) {
    pauses.resume(assigned("resume", partitions));
  }

  private List<TopicPartition> assigned(String what, TopicPartition... partitions) {
    List<TopicPartition> wanted = Arrays.asList(partitions);
    if (!progress.partitions().containsAll(wanted)) {
      throw new IllegalWorkerStateException(
          "Task "
              + setup.name()
              + " asked to "
              + what
              + " "
              + wanted
              + ", but only has "
              + progress.partitions());
    }
    return wanted;
  }

  @Override
  public void requestCommit() {
    commitRequested.set(true);
  }

  /** Whether a commit was asked for; forgotten by this call. */
  boolean takeCommitRequest() {
    return commitRequested.getAndSet(false);
  }

  @Override
  public ErrantRecordReporter errantRecordReporter() {
    return reporter.get();
  }

  @Override
  public PluginMetrics pluginMetrics() {
    return setup.environment().pluginMetrics().get();
  }
}
