package dev.millrace.worker;

import dev.millrace.engine.TopicCreator;
import dev.millrace.engine.source.Guarantee;
import dev.millrace.engine.source.SourceOutput;
import dev.millrace.kafka.ClientSettings;
import dev.millrace.kafka.SourceOffsets;
import dev.millrace.model.ClusterState;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.WorkId;
import dev.millrace.worker.metrics.WorkMeter;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Where the records and offsets of source tasks go: producers, offset stores, fencing (compat:
 * semantics §5, internal topics §8). Thread-safe.
 */
final class SourceOutputs {

  private static final long PREPARED_SECONDS = 180; // the store's own deadline is shorter

  private final WorkerSettings settings;
  private final ClientSettings clients;
  private final OffsetStores offsets;
  private final Supplier<ClusterState> state;
  private final Fences fences;

  SourceOutputs(
      WorkerSettings settings,
      ClientSettings clients,
      OffsetStores offsets,
      Supplier<ClusterState> state,
      Fences fences) {
    this.settings = settings;
    this.clients = clients;
    this.offsets = offsets;
    this.state = state;
    this.fences = fences;
  }

  /**
   * The output of one task.
   *
   * @param close to be called when the task is over
   */
  record Opened(SourceOutput output, Runnable close) {}

  /** For one task; its configuration is resolved. */
  Opened open(
      WorkId id,
      ConnectorState connector,
      Map<String, String> config,
      TopicCreator topics,
      WorkMeter meter) {
    return settings.exactlyOnceSources()
        ? exactlyOnce(id, connector, config, topics, meter)
        : atLeastOnce(id, config, topics, meter);
  }

  private Opened atLeastOnce(
      WorkId id, Map<String, String> config, TopicCreator topics, WorkMeter meter) {
    var producer = clients.sourceProducer(id.connector(), id.task(), config);
    var boundary = ConnectorSettings.source(config).boundary(settings.flushInterval());
    var held = offsets.of(id.connector(), config);
    var output =
        new SourceOutput(
            Guarantee.AT_LEAST_ONCE,
            boundary,
            () -> KafkaClients.producer(producer, meter),
            ClientSettings.batchBytes(producer),
            () -> {},
            topics,
            held.offsets());
    return new Opened(output, held::close);
  }

  private Opened exactlyOnce(
      WorkId id,
      ConnectorState connector,
      Map<String, String> config,
      TopicCreator topics,
      WorkMeter meter) {
    var fence = new TaskFence(fences, state, id, connector);
    var producer = clients.exactlyOnceProducer(id.connector(), id.task(), config);
    var boundary = ConnectorSettings.source(config).boundary(settings.flushInterval());
    var held = offsets.of(id.connector(), config);
    var output =
        new SourceOutput(
            Guarantee.EXACTLY_ONCE,
            boundary,
            () -> {
              fence.enter(clients, config);
              return KafkaClients.producer(producer, meter);
            },
            Long.MAX_VALUE,
            () -> {
              fence.check();
              prepare(held.offsets());
            },
            topics,
            held.offsets());
    return new Opened(
        output,
        () -> {
          fence.leave();
          held.close();
        });
  }

  /** On the task's thread: a transaction may only write to a topic that is there. */
  private static void prepare(SourceOffsets offsets) {
    try {
      offsets.prepare().toCompletableFuture().get(PREPARED_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new ConnectException(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new ConnectException(
          "The offset topic '%s' was not there in time. Check that Kafka can be reached."
              .formatted(offsets.topic()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("Interrupted while the offset topic was prepared", e);
    }
  }
}
