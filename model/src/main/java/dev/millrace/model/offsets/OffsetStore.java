package dev.millrace.model.offsets;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The source offsets of all connectors. Thread-safe; no method blocks its caller.
 *
 * <p>Source partitions and offsets are maps of string to primitive (null, Boolean, integer,
 * floating, String, byte[]); a {@code null} partition or offset map is legal. On reading integers
 * are Long and floats Double. Equality of partitions is equality of their wire bytes (compat:
 * internal topics §8).
 */
public interface OffsetStore {

  /**
   * Reads committed offsets, seeing at least everything that was committed before the call.
   * Partitions without an offset are absent from the result. Fails when the store cannot be
   * reached.
   */
  CompletionStage<Map<Map<String, Object>, Map<String, Object>>> read(
      String connector, Collection<Map<String, Object>> partitions);

  /**
   * Writes offsets outside of any transaction; done when they are durable. A {@code null} offset is
   * a tombstone. Fails with {@link IllegalArgumentException} when a map cannot be encoded.
   */
  CompletionStage<Void> write(
      String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets);

  /**
   * The wire form of one offset, for a writer that commits it inside its own Kafka transaction to
   * {@link #topic()}. Throws {@link IllegalArgumentException} when a map cannot be encoded.
   */
  OffsetEntry encode(String connector, Map<String, ?> partition, Map<String, ?> offset);

  /** The Kafka topic of the offsets. */
  String topic();

  /**
   * What has to be durable elsewhere before a transaction with these offsets may be committed:
   * asked after all its records, before its entries are sent. Most stores have nothing to do.
   */
  default CompletionStage<Void> committing(
      String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
    return CompletableFuture.completedFuture(null);
  }

  /** Told after the commit of a transaction with these offsets. Never fails and never blocks. */
  default void committed(
      String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {}
}
