package dev.millrace.kafka;

import dev.millrace.model.offsets.OffsetEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The offsets of one connector that has an offset topic of its own, beside the worker's (compat:
 * internal topics §8). The own topic holds the truth; the worker's answers for what the own one has
 * no offset of, and gets copies, so that a connector may be moved both ways. Thread-safe.
 */
public final class ConnectorOffsetStore implements SourceOffsets {

  private final KafkaOffsetStore own;
  private final KafkaOffsetStore worker;
  private final OffsetCopies copies;
  private final ReentrantLock order = new ReentrantLock(); // of what the own topic gets

  /** Over two stores that belong to the caller. */
  public ConnectorOffsetStore(KafkaOffsetStore own, KafkaOffsetStore worker) {
    this.own = own;
    this.worker = worker;
    this.copies = new OffsetCopies(worker);
  }

  @Override
  public String topic() {
    return own.topic();
  }

  @Override
  public CompletionStage<Void> prepare() {
    return own.prepare();
  }

  @Override
  public CompletionStage<Map<Map<String, Object>, Map<String, Object>>> read(
      String connector, Collection<Map<String, Object>> partitions) {
    List<Map<String, Object>> wanted = new ArrayList<>(partitions);
    return own.read(connector, wanted)
        .thenCombine(
            worker.read(connector, wanted),
            (newer, older) -> {
              Map<Map<String, Object>, Map<String, Object>> result = new HashMap<>(older);
              result.putAll(newer);
              return result;
            });
  }

  /** Of both topics; the own one wins. */
  @Override
  public CompletionStage<List<StoredOffset>> partitions(String connector) {
    return own.partitions(connector)
        .thenCombine(
            worker.partitions(connector),
            (newer, older) -> {
              Map<Map<String, Object>, StoredOffset> result = new HashMap<>();
              older.forEach(offset -> result.put(offset.partition(), offset));
              newer.forEach(offset -> result.put(offset.partition(), offset));
              return List.copyOf(result.values());
            });
  }

  @Override
  public OffsetEntry encode(String connector, Map<String, ?> partition, Map<String, ?> offset) {
    return own.encode(connector, partition, offset);
  }

  @Override
  public CompletionStage<Void> write(
      String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
    Map<Map<String, ?>, OffsetEntry> entries = new LinkedHashMap<>();
    try {
      offsets.forEach(
          (partition, offset) -> entries.put(partition, encode(connector, partition, offset)));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    var forgotten = forgotten(offsets);
    var change = copies.begin(forgotten.keySet());
    return forget(connector, forgotten)
        .thenCompose(done -> handOver(change, entries))
        .thenRun(() -> change.copy(connector, offsets))
        .whenComplete((done, error) -> change.end());
  }

  /** What waited for the worker's topic must not go over what did not. */
  private CompletionStage<Void> handOver(
      OffsetCopies.Change change, Map<Map<String, ?>, OffsetEntry> entries) {
    order.lock();
    try {
      entries.keySet().removeIf(partition -> !change.handOver(partition));
      return own.write(List.copyOf(entries.values()));
    } finally {
      order.unlock();
    }
  }

  /**
   * Takes what shall be forgotten out of the worker's topic first: were it only gone from the own
   * one, the worker's would answer for it again.
   */
  @Override
  public CompletionStage<Void> committing(
      String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
    var forgotten = forgotten(offsets);
    copies.begin(forgotten.keySet()).end(); // takes copies back that wait
    return forget(connector, forgotten);
  }

  private CompletionStage<Void> forget(
      String connector, Map<Map<String, ?>, Map<String, ?>> forgotten) {
    return forgotten.isEmpty()
        ? CompletableFuture.completedFuture(null)
        : worker.write(connector, forgotten);
  }

  /** What has a null offset. */
  private static Map<Map<String, ?>, Map<String, ?>> forgotten(
      Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
    Map<Map<String, ?>, Map<String, ?>> result = new HashMap<>();
    offsets.forEach(
        (partition, offset) -> {
          if (offset == null) result.put(partition, null);
        });
    return result;
  }

  @Override
  public void committed(
      String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
    var change = copies.begin(Set.of());
    change.copy(connector, offsets);
    change.end();
  }

  @Override
  public CompletionStage<Void> alter(
      String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
    var forgotten = forgotten(offsets);
    var change = copies.begin(forgotten.keySet());
    CompletionStage<Void> first =
        forgotten.isEmpty()
            ? CompletableFuture.completedFuture(null)
            : worker.alter(connector, forgotten);
    return first
        .thenCompose(done -> own.alter(connector, offsets))
        .thenRun(() -> copies.alter(connector, offsets))
        .whenComplete((done, error) -> change.end());
  }

  @Override
  public CompletionStage<Void> reset(String connector) {
    return worker.reset(connector).thenCompose(done -> own.reset(connector));
  }
}
