package dev.millrace.worker;

import dev.millrace.kafka.ClientSettings;
import dev.millrace.kafka.ConnectorOffsetStore;
import dev.millrace.kafka.FileOffsetStore;
import dev.millrace.kafka.KafkaAccessException;
import dev.millrace.kafka.KafkaOffsetStore;
import dev.millrace.kafka.OffsetStoreSettings;
import dev.millrace.kafka.SourceOffsets;
import dev.millrace.kafka.TopicSpec;
import dev.millrace.worker.keys.WorkerMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offset stores of a worker: one for its own topic or file, and one for each connector whose
 * offsets lie elsewhere, shared by all work of the connector and closed with the last of it
 * (compat: internal topics §8). Thread-safe.
 */
final class OffsetStores implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OffsetStores.class);
  private static final Duration READ = Duration.ofSeconds(60);
  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final WorkerSettings settings;
  private final ClientSettings clients;
  private final Home home;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, Shared> shared = new HashMap<>();
  private final Map<String, Integer> users = new HashMap<>(); // of the topic, by connector

  private record Key(String connector, OffsetStoreSettings settings) {}

  /** An open store and how many use it. Guarded by {@link #lock}. */
  private static final class Shared {
    private final KafkaOffsetStore store;
    private int users;

    Shared(KafkaOffsetStore store) {
      this.store = store;
    }
  }

  OffsetStores(WorkerSettings settings, ClientSettings clients) {
    this.settings = settings;
    this.clients = clients;
    this.home =
        settings.mode() == WorkerMode.STANDALONE
            ? new Home.InFile(new FileOffsetStore(settings.offsetFile()))
            : new Home.InKafka(new KafkaOffsetStore(inKafka()));
  }

  /** Where offsets are that are nowhere else: a topic, or a standalone worker's file. */
  private sealed interface Home {
    record InKafka(KafkaOffsetStore store) implements Home {}

    record InFile(FileOffsetStore store) implements Home {}
  }

  private OffsetStoreSettings inKafka() {
    return new OffsetStoreSettings(
        topic(settings.offsetTopic()),
        clients.offsetStoreProducer(),
        clients.offsetStoreConsumer(settings.exactlyOnceSources()),
        clients.offsetStoreAdmin(),
        times());
  }

  private TopicSpec topic(String name) {
    return new TopicSpec(
        name,
        settings.offsetPartitions(),
        settings.offsetReplication(),
        settings.offsetTopicSettings());
  }

  private OffsetStoreSettings.Times times() {
    return new OffsetStoreSettings.Times(
        READ, settings.longestTransaction(), settings.idleClients());
  }

  /**
   * Creates or checks the worker's own topic (compat: internal topics §2); while Kafka is away it
   * is waited for. Fails when the topic cannot be used. A worker that is in no cluster does so when
   * it needs it.
   */
  CompletionStage<Void> prepare() {
    if (settings.mode() != WorkerMode.DISTRIBUTED) return CompletableFuture.completedStage(null);
    return switch (home) {
      case Home.InFile ignored -> CompletableFuture.completedStage(null);
      case Home.InKafka(var store) -> prepare(store);
    };
  }

  private static CompletionStage<Void> prepare(KafkaOffsetStore store) {
    return store
        .prepare()
        .exceptionallyCompose(
            error -> isKafkaAway(error) ? prepare(store) : CompletableFuture.failedStage(error));
  }

  private static boolean isKafkaAway(Throwable error) {
    var access = error instanceof CompletionException ? error.getCause() : error;
    return access instanceof KafkaAccessException
        && access.getCause() instanceof RetriableException;
  }

  /**
   * The offsets of a connector, for one piece of its work or one request.
   *
   * @param config resolved
   */
  Held of(String connector, Map<String, String> config) {
    return switch (home) {
      case Home.InFile(var file) -> new Held(file, () -> {});
      case Home.InKafka(var topic) ->
          elsewhere(connector, config)
              .map(other -> hold(new Key(connector, other), topic))
              .orElseGet(() -> hold(connector, topic));
    };
  }

  private Held hold(String connector, KafkaOffsetStore topic) {
    use(connector);
    return new Held(topic, () -> leave(connector, topic));
  }

  private void use(String connector) {
    lock.lock();
    try {
      users.merge(connector, 1, Integer::sum);
    } finally {
      lock.unlock();
    }
  }

  /** The last one of a connector, which may be deleted, takes with it what is known of it. */
  private void leave(String connector, KafkaOffsetStore topic) {
    lock.lock();
    try {
      boolean others = users.merge(connector, -1, OffsetStores::sumOrNone) != null;
      if (!others) topic.forget(connector);
    } finally {
      lock.unlock();
    }
  }

  /** Null takes the entry away. */
  private static Integer sumOrNone(int left, int right) {
    return left + right == 0 ? null : Integer.valueOf(left + right);
  }

  /** Where the offsets lie, when not in the worker's topic. */
  private Optional<OffsetStoreSettings> elsewhere(String connector, Map<String, String> config) {
    Optional<String> chosen = ConnectorSettings.offsetsTopic(config);
    if (chosen.isEmpty() && !settings.exactlyOnceSources()) return Optional.empty();
    var producer = clients.connectorOffsetProducer(connector, config);
    String topic = chosen.orElseGet(settings::offsetTopic);
    if (topic.equals(settings.offsetTopic()) && onWorkersCluster(producer)) return Optional.empty();
    return Optional.of(
        new OffsetStoreSettings(
            topic(topic),
            producer,
            clients.sourceOffsetConsumer(connector, config, settings.exactlyOnceSources()),
            clients.sourceOffsetAdmin(connector, config),
            times()));
  }

  private boolean onWorkersCluster(Map<String, Object> producer) {
    String own = String.valueOf(producer.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
    return servers(own).equals(servers(settings.bootstrapServers()));
  }

  private static Set<String> servers(String list) {
    return new HashSet<>(ConnectorSettings.list(list));
  }

  private Held hold(Key key, KafkaOffsetStore worker) {
    lock.lock();
    try {
      var open = shared.computeIfAbsent(key, k -> new Shared(new KafkaOffsetStore(k.settings())));
      open.users++;
      use(key.connector());
      return new Held(new ConnectorOffsetStore(open.store, worker), () -> release(key, worker));
    } finally {
      lock.unlock();
    }
  }

  private void release(Key key, KafkaOffsetStore worker) {
    leave(key.connector(), worker);
    Optional<KafkaOffsetStore> unused = Optional.empty();
    lock.lock();
    try {
      var open = shared.get(key);
      if (open != null && --open.users == 0) {
        shared.remove(key);
        unused = Optional.of(open.store);
      }
    } finally {
      lock.unlock();
    }
    unused.ifPresent(KafkaOffsetStore::close);
  }

  /** A connector's offsets, until closed. */
  static final class Held implements AutoCloseable {
    private final SourceOffsets offsets;
    private final Runnable release;

    private Held(SourceOffsets offsets, Runnable release) {
      this.offsets = offsets;
      this.release = release;
    }

    SourceOffsets offsets() {
      return offsets;
    }

    @Override
    public void close() {
      release.run();
    }
  }

  /** Closes all at once, and waits for them within one deadline. */
  @Override
  public void close() {
    List<KafkaOffsetStore> left;
    lock.lock();
    try {
      left = shared.values().stream().map(open -> open.store).toList();
      shared.clear();
    } finally {
      lock.unlock();
    }
    var closed = new CountDownLatch(left.size() + 1);
    left.forEach(store -> closeAside(store.topic(), store::close, closed));
    switch (home) {
      case Home.InFile(var file) -> closeAside("file", file::close, closed);
      case Home.InKafka(var store) -> closeAside(store.topic(), store::close, closed);
    }
    try {
      if (!closed.await(CLOSE.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("{} offset stores were not closed within {}", closed.getCount(), CLOSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeAside(String name, Runnable close, CountDownLatch closed) {
    Thread.ofPlatform()
        .daemon()
        .name("offsets-close-" + name)
        .start(
            () -> {
              try {
                close.run();
              } finally {
                closed.countDown();
              }
            });
  }
}
