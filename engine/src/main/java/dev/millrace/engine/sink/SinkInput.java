package dev.millrace.engine.sink;

import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * What a sink task consumes and how it is handed over.
 *
 * @param consumer makes the task's own consumer, on the work's thread; without auto-commit
 * @param topics what it subscribes to
 * @param membership how its place in the group is kept while the task is slow
 * @param overlap whether batches are converted while others are put
 * @param bisect {@code errors.put.bisect}: whether a batch that fails is divided to find the bad
 *     records
 */
public record SinkInput(
    Supplier<Consumer<byte[], byte[]>> consumer,
    Topics topics,
    Membership membership,
    PutOverlap overlap,
    boolean bisect) {
  /** Checks that nothing is missing. */
  public SinkInput {
    Objects.requireNonNull(consumer, "consumer");
    Objects.requireNonNull(topics, "topics");
    Objects.requireNonNull(membership, "membership");
    Objects.requireNonNull(overlap, "overlap");
  }
}
