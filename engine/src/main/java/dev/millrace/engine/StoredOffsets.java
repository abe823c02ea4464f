package dev.millrace.engine;

import dev.millrace.model.offsets.OffsetStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A plugin's view of its connector's committed offsets. Thread-safe; a read blocks its caller until
 * the store answers or the work is cancelled. While Kafka cannot be reached it is asked again, for
 * ever, as Kafka Connect does.
 */
public final class StoredOffsets implements OffsetStorageReader {
  private static final Logger LOG = LoggerFactory.getLogger(StoredOffsets.class);
  private static final Duration SLICE = Duration.ofMinutes(1);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final int DEEPEST = 20;

  private final String connector;
  private final OffsetStore store;
  private final Environment environment;
  private final Signals signals;

  /** The offsets of one connector. */
  public StoredOffsets(
      String connector, OffsetStore store, Environment environment, Signals signals) {
    this.connector = connector;
    this.store = store;
    this.environment = environment;
    this.signals = signals;
  }

  @Override
  public <T> Map<String, Object> offset(Map<String, T> partition) {
    return offsets(Collections.singletonList(partition)).get(partition);
  }

  @Override
  public <T> Map<Map<String, T>, Map<String, Object>> offsets(
      Collection<Map<String, T>> partitions) {
    Map<PartitionKey, Map<String, Object>> found = new HashMap<>();
    read(partitions).forEach((key, offset) -> found.put(PartitionKey.of(key), offset));
    Map<Map<String, T>, Map<String, Object>> result = new HashMap<>();
    partitions.forEach(p -> result.put(p, found.get(PartitionKey.of(p))));
    return result;
  }

  private <T> Map<Map<String, Object>, Map<String, Object>> read(
      Collection<Map<String, T>> partitions) {
    List<Map<String, Object>> asked = new ArrayList<>(); // the order of fields is part of the key
    partitions.forEach(p -> asked.add(p == null ? null : new LinkedHashMap<>(p)));
    for (int attempt = 1; ; attempt++) {
      CompletableFuture<Map<Map<String, Object>, Map<String, Object>>> answer =
          store.read(connector, asked).toCompletableFuture();
      awaitAnswer(answer);
      try {
        return answer.join();
      } catch (CompletionException e) {
        awaitKafka(e.getCause(), attempt == 1);
      }
    }
  }

  private void awaitAnswer(CompletableFuture<?> answer) {
    var unused = answer.whenComplete((value, error) -> environment.waits().wake());
    if (!answer.isDone()) {
      environment.waitingFor(Counters.Cause.KAFKA, what());
    }
    while (!answer.isDone()) {
      environment.waits().await(() -> answer.isDone() || signals.cancelled(), SLICE);
      if (signals.cancelled() && !answer.isDone()) {
        throw cancelled();
      }
    }
    if (!answer.isCompletedExceptionally()) {
      environment.goesOn(Counters.Cause.KAFKA);
    }
  }

  private String what() {
    return "the committed offsets in '" + store.topic() + "'";
  }

  private WorkCancelled cancelled() {
    return new WorkCancelled("reading committed offsets of connector '" + connector + "'");
  }

  /** Returns when it is time to ask again; throws what does not pass. */
  private void awaitKafka(Throwable error, boolean first) {
    if (!passes(error)) {
      environment.goesOn(Counters.Cause.KAFKA);
      throw new ConnectException(
          "Could not read the committed offsets of connector '"
              + connector
              + "' from '"
              + store.topic()
              + "': "
              + error,
          error);
    }
    environment.waitingFor(Counters.Cause.KAFKA, what() + ": " + error.getMessage());
    if (first) {
      LOG.warn("Connector {} waits for {}: {}", connector, what(), environment.line(error));
    }
    environment.waits().await(signals::cancelled, AGAIN);
    if (signals.cancelled()) {
      throw cancelled();
    }
  }

  /**
   * Whether Kafka says that it may be tried again; a topic that is missing, somebody has to make.
   */
  private static boolean passes(Throwable error) {
    Throwable each = error;
    for (int depth = 0; each != null && depth < DEEPEST; depth++) {
      if (each instanceof RetriableException) {
        return !(each instanceof UnknownTopicOrPartitionException);
      }
      each = each.getCause();
    }
    return false;
  }
}
