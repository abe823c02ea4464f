package dev.millrace.engine.sink;

import dev.millrace.engine.Waits;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;

/**
 * How many reports of given-up records are not safe yet, per partition they were consumed from: its
 * offsets are not committed meanwhile (compat: semantics §7). Thread-safe.
 */
final class OutstandingReports {
  private final Waits waits;
  private final Map<TopicPartition, AtomicInteger> counts = new ConcurrentHashMap<>();

  OutstandingReports(Waits waits) {
    this.waits = waits;
  }

  /** Counts a report until it is done, whether well or not; then who waits looks again. */
  CompletableFuture<Void> track(TopicPartition partition, CompletionStage<Void> report) {
    AtomicInteger count = counts.computeIfAbsent(partition, p -> new AtomicInteger());
    count.incrementAndGet();
    return report
        .whenComplete(
            (done, failure) -> {
              count.decrementAndGet();
              waits.wake();
            })
        .toCompletableFuture();
  }

  /** Whether all reports for these partitions are safe. */
  boolean settled(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      AtomicInteger count = counts.get(partition);
      if (count != null && count.get() > 0) {
        return false;
      }
    }
    return true;
  }
}
