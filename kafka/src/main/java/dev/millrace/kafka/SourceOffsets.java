package dev.millrace.kafka;

import dev.millrace.model.offsets.OffsetStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** An offset store with what people may do: list, change and forget. Thread-safe. */
public interface SourceOffsets extends OffsetStore {

  /** Creates or checks the topic; fails with {@link KafkaAccessException}. */
  CompletionStage<Void> prepare();

  /** The source partitions of a connector that have an offset. */
  CompletionStage<List<StoredOffset>> partitions(String connector);

  /**
   * Changes offsets on behalf of a person: a partition that equals a stored one is written under
   * the stored bytes, whatever the order of its fields. A {@code null} offset resets.
   */
  CompletionStage<Void> alter(
      String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets);

  /** Forgets all offsets of a connector. */
  CompletionStage<Void> reset(String connector);
}
