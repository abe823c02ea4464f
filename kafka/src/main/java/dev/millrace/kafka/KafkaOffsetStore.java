package dev.millrace.kafka;

import dev.millrace.model.offsets.OffsetEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
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
 * Thread-safe. Clients and threads are made when they are needed and given back after a while
 * without requests. The topic is created or checked before its first use.
 */
public final class KafkaOffsetStore implements SourceOffsets, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaOffsetStore.class);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final OffsetStoreSettings settings;
  private final Lane reader;
  private final Lane writer;
  private final Map<ConnectJson.OffsetKey, byte[]> usedKeys = new ConcurrentHashMap<>();
  private final ReentrantLock preparing = new ReentrantLock();

  /** Guarded by {@link #preparing}. */
  private boolean prepared;

  /** There only while the topic is created or checked; volatile for {@link #close}. */
  private volatile Admin admin;

  /** Used on the reader thread; volatile for {@link #close}. */
  private volatile OffsetTail tail;

  /** Used on the writer thread; volatile for {@link #close}. */
  private volatile Producer<byte[], byte[]> producer;

  private volatile boolean closed;

  /** Connects to nothing yet. */
  public KafkaOffsetStore(OffsetStoreSettings settings) {
    this.settings = settings;
    Duration idle = settings.times().idle();
    this.reader = new Lane("offsets-read-" + topic(), idle, this::dropTail);
    this.writer = new Lane("offsets-write-" + topic(), idle, this::dropProducer);
  }

  @Override
  public String topic() {
    return settings.topic().name();
  }

  @Override
  public CompletionStage<Void> prepare() {
    return submit(
        writer,
        () -> {
          prepareTopic();
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
  private byte[] storedKey(OffsetTable table, String connector, Map<String, ?> partition) {
    byte[] own = ConnectJson.encodeKey(connector, partition);
    byte[] used = table.stored(own);
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

  /**
   * Nobody uses the connector's offsets any more: which bytes its partitions are written under is
   * found out anew when somebody reads them again.
   */
  public void forget(String connector) {
    usedKeys.keySet().removeIf(key -> key.connector().equals(connector));
  }

  @Override
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

  @Override
  public CompletionStage<Void> alter(
      String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
    return partitions(connector)
        .thenCompose(
            stored -> {
              Map<Map<String, Object>, List<byte[]>> known =
                  stored.stream()
                      .collect(
                          Collectors.groupingBy(
                              StoredOffset::partition,
                              Collectors.mapping(StoredOffset::key, Collectors.toList())));
              List<OffsetEntry> entries = new ArrayList<>();
              offsets.forEach(
                  (partition, offset) -> {
                    byte[] own = ConnectJson.encodeKey(connector, partition);
                    byte[] value = ConnectJson.encodeValue(offset);
                    ConnectJson.decodeKey(own)
                        .flatMap(ConnectJson.OffsetKey::partition)
                        .map(known::get)
                        .orElse(List.of(own))
                        .forEach(key -> entries.add(new OffsetEntry(key, value)));
                  });
              return write(entries);
            });
  }

  @Override
  public CompletionStage<Void> reset(String connector) {
    return partitions(connector)
        .thenCompose(
            stored -> write(stored.stream().map(s -> new OffsetEntry(s.key(), null)).toList()));
  }

  /** Writes entries as they are, in the order of the calls; done when all are acknowledged. */
  public CompletionStage<Void> write(List<OffsetEntry> entries) {
    return submit(writer, () -> send(entries))
        .thenCompose(acks -> CompletableFuture.allOf(acks.toArray(CompletableFuture[]::new)));
  }

  private List<CompletableFuture<Void>> send(List<OffsetEntry> entries) {
    prepareTopic();
    Producer<byte[], byte[]> out = producer();
    return entries.stream().map(entry -> send(entry, out)).toList();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback tells
  private CompletableFuture<Void> send(OffsetEntry entry, Producer<byte[], byte[]> out) {
    CompletableFuture<Void> ack = new CompletableFuture<>();
    out.send(
        new ProducerRecord<>(topic(), entry.key(), entry.value()),
        (metadata, error) -> {
          if (error == null) {
            ack.complete(null);
          } else {
            ack.completeExceptionally(failed("write", error));
          }
        });
    return ack;
  }

  private Producer<byte[], byte[]> producer() {
    Producer<byte[], byte[]> present = producer;
    if (present == null) {
      present = new KafkaProducer<>(settings.producer());
      producer = present;
    }
    return present;
  }

  private void dropProducer() {
    Producer<byte[], byte[]> present = producer;
    producer = null;
    if (present != null) {
      present.close(CLOSE);
    }
  }

  /**
   * Answers a question once the end has been read. The time for that begins when its turn comes;
   * what was read before it was over is kept, and the next read goes on from there.
   */
  private <T> CompletionStage<T> atEnd(Function<OffsetTable, T> question) {
    return submit(
        reader,
        () -> {
          long deadline = System.nanoTime() + settings.times().read().toNanos();
          try {
            OffsetTail read = tail();
            read.readToEnd(deadline);
            return question.apply(read.table());
          } catch (TimeoutException e) {
            throw failed("read", e);
          } catch (KafkaException e) {
            dropTail();
            throw failed("read", e);
          }
        });
  }

  private OffsetTail tail() {
    prepareTopic();
    if (tail == null) {
      tail = new OffsetTail(settings);
    }
    if (closed) {
      throw isClosed(); // whoever closes may not have seen the new one
    }
    return tail;
  }

  /** The next read begins anew. */
  private void dropTail() {
    OffsetTail broken = tail;
    tail = null;
    if (broken != null) {
      broken.close();
    }
  }

  private void prepareTopic() {
    preparing.lock();
    try {
      if (closed) {
        throw isClosed();
      }
      if (!prepared) {
        requireTopic();
        prepared = true;
      }
    } finally {
      preparing.unlock();
    }
  }

  private void requireTopic() {
    Admin made = Admin.create(settings.admin());
    admin = made;
    try {
      if (closed) {
        throw isClosed(); // whoever closes may not have seen it
      }
      var patience =
          Collections.min(List.of(Topics.timeout(settings.admin()), settings.times().read()));
      new Topics(made, patience).requireCompacted(settings.topic());
    } finally {
      admin = null;
      made.close(Duration.ZERO);
    }
  }

  private interface Step<T> {
    T run();
  }

  /** One request on its way through the queue of a thread; its answer comes in any case. */
  private final class Request<T> implements Lane.Request {
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

    @Override
    public void drop() {
      result.completeExceptionally(isClosed());
    }
  }

  private KafkaAccessException isClosed() {
    return new KafkaAccessException("The offset store '%s' is closed".formatted(topic()));
  }

  private <T> CompletableFuture<T> submit(Lane lane, Step<T> step) {
    CompletableFuture<T> result = new CompletableFuture<>();
    switch (lane.submit(new Request<>(step, result))) {
      case NONE -> {}
      case CLOSED -> result.completeExceptionally(isClosed());
      case FULL ->
          result.completeExceptionally(
              new KafkaAccessException(
                  "The offset store '%s' has too many requests waiting and takes no more for now. Is Kafka reachable?"
                      .formatted(topic()),
                  new TimeoutException("no place came free"))); // whoever asks again may get one
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
    OffsetTail reading = tail;
    if (reading != null) {
      reading.wakeup();
    }
    Admin asking = admin;
    if (asking != null) {
      asking.close(Duration.ZERO);
    }
    boolean read = reader.close(CLOSE);
    boolean written = writer.close(CLOSE);
    if (!read || !written) {
      LOG.warn("A request to the offset topic '{}' is still running at close", topic());
      dropProducer();
    }
  }
}
