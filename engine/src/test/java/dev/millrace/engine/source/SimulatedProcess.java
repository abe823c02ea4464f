package dev.millrace.engine.source;

import dev.millrace.model.offsets.OffsetEntry;
import dev.millrace.model.offsets.OffsetStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One life of a process: its producer and its offset store, which die together after a number of
 * calls, before or after the effect of the last one. What is under way then is lost.
 */
final class SimulatedProcess {
  /** Ends a killed process. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    private Killed() {
      super("killed", null, false, false);
    }
  }

  private record Flight(
      ProducerRecord<byte[], byte[]> record,
      Callback callback,
      CompletableFuture<RecordMetadata> answer) {}

  private final Cluster cluster;
  private final Random random;
  private final Map<Integer, Deque<Flight>> flying = new HashMap<>();
  private final Deque<Runnable> storeWrites = new ArrayDeque<>();
  private final List<Flight> transaction = new ArrayList<>();
  private int callsLeft;
  private int epoch;
  boolean faults = true;

  SimulatedProcess(Cluster cluster, Random random, int callsLeft) {
    this.cluster = cluster;
    this.random = random;
    this.callsLeft = callsLeft;
  }

  boolean alive() {
    return callsLeft > 0;
  }

  /** A call that may be the last one. */
  void call(Runnable effect) {
    if (!alive()) {
      throw new Killed();
    }
    callsLeft--;
    if (alive()) {
      effect.run();
    } else {
      if (random.nextBoolean()) {
        effect.run();
      }
      throw new Killed();
    }
  }

  /** Lets something that is under way arrive; whether the process lives. */
  boolean goOn() {
    if (!alive()) {
      return false;
    }
    if (random.nextInt(3) == 0 && !storeWrites.isEmpty()) {
      storeWrites.removeFirst().run();
    }
    List<Integer> partitions = new ArrayList<>(flying.keySet());
    if (!partitions.isEmpty()) {
      land(partitions.get(random.nextInt(partitions.size())));
    }
    return alive();
  }

  private void land(int partition) {
    Deque<Flight> queue = flying.get(partition);
    Flight flight = queue.removeFirst();
    if (queue.isEmpty()) {
      flying.remove(partition);
    }
    cluster.append(List.of(flight.record()));
    acknowledge(flight);
  }

  private static void acknowledge(Flight flight) {
    RecordMetadata metadata =
        new RecordMetadata(new TopicPartition(flight.record().topic(), 0), 0L, 0, 0L, 0, 0);
    flight.answer().complete(metadata);
    flight.callback().onCompletion(metadata, null);
  }

  Producer<byte[], byte[]> producer(boolean transactional) {
    return new FakeProducer(transactional);
  }

  private final class FakeProducer extends MockProducer<byte[], byte[]> {
    private final boolean transactional;
    private int timeouts;

    private FakeProducer(boolean transactional) {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
      this.transactional = transactional;
    }

    @Override
    public void initTransactions() {
      call(() -> epoch = ++cluster.epoch);
    }

    @Override
    public void beginTransaction() {
      call(this::checkEpoch);
    }

    private void checkEpoch() {
      if (epoch != cluster.epoch) {
        throw new ProducerFencedException("fenced");
      }
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      Flight flight = new Flight(record, callback, new CompletableFuture<>());
      call(
          () -> {
            if (transactional) {
              transaction.add(flight);
            } else {
              flying.computeIfAbsent(record.partition(), p -> new ArrayDeque<>()).add(flight);
            }
          });
      return flight.answer();
    }

    @Override
    public void commitTransaction() {
      boolean timeout = faults && random.nextInt(10) == 0 && timeouts++ < 3;
      boolean applied = random.nextBoolean();
      call(
          () -> {
            checkEpoch();
            if (!timeout || applied) {
              cluster.append(transaction.stream().map(Flight::record).toList());
              transaction.forEach(SimulatedProcess::acknowledge);
              transaction.clear();
            }
          });
      if (timeout) {
        throw new TimeoutException("no answer");
      }
    }

    @Override
    public void abortTransaction() {
      call(transaction::clear);
    }

    @Override
    public void close() {
      close(Duration.ZERO);
    }

    @Override
    public void close(Duration timeout) {
      call(() -> {});
    }
  }

  OffsetStore store() {
    return new FakeStore();
  }

  private final class FakeStore implements OffsetStore {
    @Override
    public CompletionStage<Map<Map<String, Object>, Map<String, Object>>> read(
        String connector, Collection<Map<String, Object>> partitions) {
      Map<Map<String, Object>, Map<String, Object>> result = new HashMap<>();
      call(
          () -> {
            for (Map<String, Object> partition : partitions) {
              Long offset = cluster.offsets.get(key(partition));
              if (offset != null) {
                result.put(partition, Map.of("n", offset));
              }
            }
          });
      return CompletableFuture.completedStage(result);
    }

    @Override
    public CompletionStage<Void> write(
        String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      Map<String, Long> copy = new HashMap<>();
      offsets.forEach((partition, offset) -> copy.put(key(partition), (Long) offset.get("n")));
      int fate = faults ? random.nextInt(4) : 3;
      call(() -> storeWrites.add(() -> land(copy, fate, done)));
      return done;
    }

    private void land(Map<String, Long> offsets, int fate, CompletableFuture<Void> done) {
      if (fate == 0) {
        done.completeExceptionally(new IllegalStateException("the store failed"));
        return;
      }
      offsets.forEach(cluster::commitOffset);
      if (fate != 1) {
        done.complete(null);
      }
    }

    @Override
    public OffsetEntry encode(String connector, Map<String, ?> partition, Map<String, ?> offset) {
      return new OffsetEntry(
          key(partition).getBytes(StandardCharsets.UTF_8),
          String.valueOf(offset.get("n")).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String topic() {
      return Cluster.OFFSETS;
    }

    private static String key(Map<String, ?> partition) {
      return String.valueOf(partition.get("p"));
    }
  }
}
