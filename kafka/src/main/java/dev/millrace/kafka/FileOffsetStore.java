package dev.millrace.kafka;

import dev.millrace.model.offsets.OffsetEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Source offsets in a file of Kafka Connect's standalone mode. Every change is on the disk before
 * it is confirmed (invariant 1). Thread-safe: all requests are done one after the other on one
 * thread, which owns the content.
 */
public final class FileOffsetStore implements SourceOffsets, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FileOffsetStore.class);
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final OffsetFile file;
  private final Lane lane;
  private OffsetTable content =
      new OffsetTable(); // owned by the lane's thread once the store is made

  /**
   * Reads the file, which need not exist.
   *
   * @throws OffsetFileException when it cannot be read or holds something else
   */
  public FileOffsetStore(Path path) {
    this.file = new OffsetFile(path);
    file.read().forEach((key, value) -> content.put(OffsetFile.bytes(key), value));
    this.lane = new Lane("offsets-file-" + path.getFileName(), IDLE, () -> {});
  }

  @Override
  public String topic() {
    return file.path().toString();
  }

  @Override
  public CompletionStage<Void> prepare() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Map<Map<String, Object>, Map<String, Object>>> read(
      String connector, Collection<Map<String, Object>> partitions) {
    var wanted = new ArrayList<>(partitions);
    return submit(
        () -> {
          var result = new HashMap<Map<String, Object>, Map<String, Object>>();
          for (var partition : wanted) {
            content
                .get(content.stored(ConnectJson.encodeKey(connector, partition)))
                .ifPresent(offset -> result.put(partition, offset));
          }
          return result;
        });
  }

  @Override
  public CompletionStage<List<StoredOffset>> partitions(String connector) {
    return submit(() -> content.list(connector));
  }

  @Override
  public OffsetEntry encode(String connector, Map<String, ?> partition, Map<String, ?> offset) {
    return new OffsetEntry(
        ConnectJson.encodeKey(connector, partition), ConnectJson.encodeValue(offset));
  }

  @Override
  public CompletionStage<Void> write(
      String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
    List<OffsetEntry> entries = new ArrayList<>();
    try {
      offsets.forEach((partition, offset) -> entries.add(encode(connector, partition, offset)));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    return submit(
        () -> {
          replace(entries);
          return null;
        });
  }

  /** All or nothing: when the file cannot be written, nothing has changed. */
  private void replace(List<OffsetEntry> entries) {
    var before = content;
    content = before.copy();
    try {
      entries.forEach(entry -> content.put(content.stored(entry.key()), entry.value()));
      file.write(content.entries());
    } catch (RuntimeException | Error e) {
      content = before;
      throw e;
    }
  }

  @Override
  public CompletionStage<Void> alter(
      String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
    return write(connector, offsets);
  }

  @Override
  public CompletionStage<Void> reset(String connector) {
    return partitions(connector)
        .thenCompose(
            all ->
                submit(
                    () -> {
                      replace(all.stream().map(one -> new OffsetEntry(one.key(), null)).toList());
                      return null;
                    }));
  }

  private <T> CompletionStage<T> submit(Supplier<T> step) {
    var result = new CompletableFuture<T>();
    var refusal = lane.submit(new Step<>(step, result, file));
    if (refusal == Lane.Refusal.CLOSED) result.completeExceptionally(closed(file));
    if (refusal == Lane.Refusal.FULL) {
      result.completeExceptionally(
          new OffsetFileException(
              "The offset file %s has too many requests waiting. Is its disk slow?"
                  .formatted(file.path()),
              new TimeoutException("no place came free"))); // whoever asks again may get one
    }
    return result;
  }

  private static OffsetFileException closed(OffsetFile file) {
    return new OffsetFileException("The offset file " + file.path() + " is closed", null);
  }

  private record Step<T>(Supplier<T> step, CompletableFuture<T> result, OffsetFile file)
      implements Lane.Request {
    @Override
    public void run() {
      try {
        result.complete(step.get());
      } catch (RuntimeException | Error e) {
        result.completeExceptionally(e);
      }
    }

    @Override
    public void drop() {
      result.completeExceptionally(closed(file));
    }
  }

  /** Writes what has been handed over, within seconds. Idempotent. */
  @Override
  public void close() {
    if (!lane.close(CLOSE)) LOG.warn("The offset file {} is still being written", file.path());
  }
}
