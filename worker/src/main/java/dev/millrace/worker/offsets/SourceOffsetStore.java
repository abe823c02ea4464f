package dev.millrace.worker.offsets;

import dev.millrace.kafka.StoredOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** The source offsets of one connector, held for one request. */
public interface SourceOffsetStore extends AutoCloseable {

  /** The partitions that have an offset. */
  CompletionStage<List<StoredOffset>> partitions();

  /** Changes these; a {@code null} offset resets. */
  CompletionStage<Void> alter(Map<Map<String, ?>, Map<String, ?>> offsets);

  /** Gives the store back. */
  @Override
  void close();
}
