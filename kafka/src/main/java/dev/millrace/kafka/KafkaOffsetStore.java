package dev.millrace.kafka;

import dev.millrace.model.offsets.OffsetEntry;
import dev.millrace.model.offsets.OffsetStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Source offsets in a compacted topic, in Kafka Connect's format (compat: internal topics §8).
 * Thread-safe. Clients and threads are made at the first use; the threads end when idle. The topic
 * is created or checked before its first use.
 */
public final class KafkaOffsetStore implements OffsetStore, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaOffsetStore.class);
  private static final int QUEUE = 1024;
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final OffsetStoreSettings settings;
  private final ThreadPoolExecutor reader;
  private final ThreadPoolExecutor writer;
  private final Map<ConnectJson.OffsetKey, byte[]> usedKeys = new ConcurrentHashMap<>();
  private final ReentrantLock preparing = new ReentrantLock();

  /** Guarded by {@link #preparing}. */
  private Admin admin;

  /** Guarded by {@link #preparing}. */
  private boolean prepared;

  /** Used on the reader thread; volatile for {@link #close}. */
  private volatile OffsetTail tail;

  /** Used on the writer thread; volatile for {@link #close}. */
  private volatile Producer<byte[], byte[]> producer;

  private volatile boolean closed;

  /** Connects to nothing yet. */
  public KafkaOffsetStore(OffsetStoreSettings settings) {
    this.settings = settings;
    this.reader = thread("offsets-read-" + topic());
    this.writer = thread("offsets-write-" + topic());
  }

  private static ThreadPoolExecutor thread(String name) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            Thread.ofPlatform().name(name).daemon(true).factory());
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  @Override
  public String topic() {
    return settings.topic().name();
  }

  /** Creates or checks the topic; fails with {@link KafkaAccessException}. */
  public CompletionStage<Void> prepare() {
    return submit(
        writer,
        () -> {
          preparedAdmin();
          return null;
        });
  }

  @Override
  public CompletionStage<Map<Map<String, Object>, Map<String, Object>>> read(
      String connector, Collection<Map<String, Object>> partitions) {
    List<Map<String, Object>> wanted = new ArrayList<>(partitions);
    return atEnd(
        table -> {
          Map<Map<String, Object>, Map<String, Object>> result = new HashMap<>();
          for (Map<String, Object> partition : wanted) {
            table
                .get(storedKey(table, connector, partition))
                .ifPresent(offset -> result.put(partition, offset));
          }
          return result;
        });
  }

  /**
   * The key under which a partition's offset is stored: its own bytes, or else those of an equal
   * map with another order of fields. Connectors that use {@code Map.of} have a new order in each
   * JVM.
   */
  private byte[] storedKey(OffsetTail table, String connector, Map<String, ?> partition) {
    byte[] own = ConnectJson.encodeKey(connector, partition);
    byte[] key = own;
    if (table.get(own).isEmpty()) {
      key = keys(connector, partition, table.list(connector)).stream().findFirst().orElse(own);
    }
    byte[] used = key;
    ConnectJson.decodeKey(own).ifPresent(decoded -> usedKeys.put(decoded, used));
    return used;
  }

  /** Once a partition has been read, it is written under the same bytes. */
  private byte[] writtenKey(String connector, Map<String, ?> partition) {
    byte[] own = ConnectJson.encodeKey(connector, partition);
    return ConnectJson.decodeKey(own)
        .map(decoded -> usedKeys.getOrDefault(decoded, own))
        .orElse(own);
  }

  /** The source partitions of a connector that have an offset. */
  public CompletionStage<List<StoredOffset>> partitions(String connector) {
    return atEnd(table -> table.list(connector));
  }

  @Override
  public OffsetEntry encode(String connector, Map<String, ?> partition, Map<String, ?> offset) {
    return new OffsetEntry(writtenKey(connector, partition), ConnectJson.encodeValue(offset));
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
    return write(entries);
  }

  /**
   * Changes offsets on behalf of a person: a partition that equals a stored one is written under
   * the stored bytes, whatever the order of its fields. A {@code null} offset resets.
   */
  public CompletionStage<Void> alter(
      String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
    return partitions(connector)
        .thenCompose(
            stored -> {
              List<OffsetEntry> entries = new ArrayList<>();
              offsets.forEach(
                  (partition, offset) ->
                      keys(connector, partition, stored)
                          .forEach(
                              key ->
                                  entries.add(
                                      new OffsetEntry(key, ConnectJson.encodeValue(offset)))));
              return write(entries);
            });
  }

  private static List<byte[]> keys(
      String connector, Map<String, ?> partition, List<StoredOffset> stored) {
    byte[] encoded = ConnectJson.encodeKey(connector, partition);
    var decoded = ConnectJson.decodeKey(encoded).flatMap(ConnectJson.OffsetKey::partition);
    List<byte[]> known =
        stored.stream()
            .filter(s -> decoded.filter(s.partition()::equals).isPresent())
            .map(StoredOffset::key)
            .toList();
    return known.isEmpty() ? List.of(encoded) : known;
  }

  /** Forgets all offsets of a connector. */
  public CompletionStage<Void> reset(String connector) {
    return partitions(connector)
        .thenCompose(
            stored -> write(stored.stream().map(s -> new OffsetEntry(s.key(), null)).toList()));
  }

  /** Writes entries as they are; done when all are acknowledged. */
  public CompletionStage<Void> write(List<OffsetEntry> entries) {
    return submit(writer, () -> send(entries))
        .thenCompose(acks -> CompletableFuture.allOf(acks.toArray(CompletableFuture[]::new)));
  }

  private List<CompletableFuture<Void>> send(List<OffsetEntry> entries) {
    Producer<byte[], byte[]> out = producer();
    List<CompletableFuture<Void>> acks = new ArrayList<>();
    for (OffsetEntry entry : entries) {
      CompletableFuture<Void> ack = new CompletableFuture<>();
      acks.add(ack);
      var unused =
          out.send(
              new ProducerRecord<>(topic(), entry.key(), entry.value()),
              (metadata, error) -> {
                if (error == null) {
                  ack.complete(null);
                } else {
                  ack.completeExceptionally(failed("write", error));
                }
              });
    }
    return acks;
  }

  private Producer<byte[], byte[]> producer() {
    preparedAdmin();
    if (producer == null) {
      producer = new KafkaProducer<>(settings.producer());
    }
    return producer;
  }

  /**
   * Answers a question once the end has been read. The time for that begins when its turn comes;
   * what was read before it was over is kept, and the next read goes on from there.
   */
  private <T> CompletionStage<T> atEnd(Function<OffsetTail, T> question) {
    return submit(
        reader,
        () -> {
          long deadline = System.nanoTime() + settings.timeout().toNanos();
          try {
            OffsetTail table = tail();
            table.readToEnd(deadline);
            return question.apply(table);
          } catch (TimeoutException e) {
            throw failed("read", e);
          } catch (KafkaException e) {
            dropTail();
            throw failed("read", e);
          }
        });
  }

  private OffsetTail tail() {
    Admin client = preparedAdmin();
    if (tail == null) {
      tail = new OffsetTail(settings, client);
    }
    return tail;
  }

  /** After an error other than a timeout the next read begins anew. */
  private void dropTail() {
    OffsetTail broken = tail;
    tail = null;
    if (broken != null) {
      broken.close();
    }
  }

  private Admin preparedAdmin() {
    preparing.lock();
    try {
      if (closed) {
        throw isClosed();
      }
      if (admin == null) {
        admin = Admin.create(settings.admin());
      }
      if (!prepared) {
        new Topics(admin, settings.timeout()).requireCompacted(settings.topic());
        prepared = true;
      }
      return admin;
    } finally {
      preparing.unlock();
    }
  }

  private interface Step<T> {
    T run();
  }

  /** One request on its way through the queue of a thread; its answer comes in any case. */
  private final class Request<T> implements Runnable {
    private final Step<T> step;
    private final CompletableFuture<T> result;

    private Request(Step<T> step, CompletableFuture<T> result) {
      this.step = step;
      this.result = result;
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // an error, too, is the answer of whoever waits
    public void run() {
      try {
        result.complete(step.run());
      } catch (KafkaException e) {
        result.completeExceptionally(failed("use", e));
      } catch (Throwable e) {
        result.completeExceptionally(e);
      }
    }

    /** Its turn will not come. */
    private void drop() {
      result.completeExceptionally(isClosed());
    }
  }

  private KafkaAccessException isClosed() {
    return new KafkaAccessException("The offset store '%s' is closed".formatted(topic()));
  }

  private <T> CompletableFuture<T> submit(ThreadPoolExecutor executor, Step<T> step) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      executor.execute(new Request<>(step, result));
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(
          new KafkaAccessException(
              closed
                  ? "The offset store '%s' is closed".formatted(topic())
                  : "The offset store '%s' has %d requests waiting and takes no more for now. Is Kafka reachable?"
                      .formatted(topic(), QUEUE),
              e));
    }
    return result;
  }

  private KafkaAccessException failed(String what, Exception e) {
    return new KafkaAccessException(
        "The offset topic '%s' could not be %s: %s: %s. Check that Kafka is reachable and that this client may use the topic."
            .formatted(
                topic(),
                what.equals("read") ? "read" : what.equals("write") ? "written" : "used",
                e.getClass().getSimpleName(),
                e.getMessage()),
        e);
  }

  /** Ends waiting requests with an error and closes all clients, within seconds. Idempotent. */
  @Override
  public void close() {
    closed = true;
    reader.shutdown();
    writer.shutdown();
    OffsetTail reading = tail;
    if (reading != null) {
      reading.wakeup();
    }
    awaitEnd(reader);
    awaitEnd(writer);
    if (reader.isTerminated()) {
      dropTail();
    }
    if (producer != null) {
      producer.close(CLOSE);
    }
    closeAdmin();
  }

  private void awaitEnd(ThreadPoolExecutor executor) {
    try {
      if (!executor.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("A request to the offset topic '{}' is still running at close", topic());
        drop(executor);
      }
    } catch (InterruptedException e) {
      drop(executor);
      Thread.currentThread().interrupt();
    }
  }

  private static void drop(ThreadPoolExecutor executor) {
    for (Runnable waiting : executor.shutdownNow()) {
      if (waiting instanceof Request<?> request) {
        request.drop();
      }
    }
  }

  private void closeAdmin() {
    if (preparing.tryLock()) {
      try {
        if (admin != null) {
          admin.close(CLOSE);
        }
      } finally {
        preparing.unlock();
      }
    }
  }
}
