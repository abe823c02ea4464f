package dev.millrace.engine.source;

import dev.millrace.engine.TopicCreator;
import dev.millrace.model.offsets.OffsetStore;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;

/**
 * Where a source task's records and offsets go.
 *
 * @param guarantee what is promised
 * @param boundary when transactions are committed; only for exactly once
 * @param producer makes the task's own producer, on the thread that sends: at the first record, or
 *     before the task starts when exactly once. It must be transactional for exactly once
 * @param batchBytes as many bytes of one of Kafka's partitions as the producer has on their way at
 *     once at most, by its settings; {@link Long#MAX_VALUE} when they do not tell. For at least
 *     once
 * @param fenced runs on the work's thread after the predecessor was fenced and before any offset is
 *     read; only for exactly once; what it throws fails the start
 * @param topics makes sure that topics exist
 * @param offsets the offset store
 */
public record SourceOutput(
    Guarantee guarantee,
    TransactionBoundary boundary,
    Supplier<Producer<byte[], byte[]>> producer,
    long batchBytes,
    Runnable fenced,
    TopicCreator topics,
    OffsetStore offsets) {
  /** Checks that nothing is missing. */
  public SourceOutput {
    Objects.requireNonNull(guarantee, "guarantee");
    Objects.requireNonNull(boundary, "boundary");
    Objects.requireNonNull(producer, "producer");
    Objects.requireNonNull(fenced, "fenced");
    Objects.requireNonNull(topics, "topics");
    Objects.requireNonNull(offsets, "offsets");
  }
}
