package dev.millrace.engine.source;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A producer of the simulated Kafka. Records are on their way until {@link #land} or a flush; those
 * of one partition keep their order. {@link ProducerContract} says what it shares with the real
 * one. Of MockProducer only the methods that no task uses are left.
 */
final class SimulatedProducer extends MockProducer<byte[], byte[]> {
  private record Flight(
      ProducerRecord<byte[], byte[]> record,
      Callback callback,
      CompletableFuture<RecordMetadata> answer) {}

  private final SimulatedKafka kafka;
  private final String transactionalId;
  private final List<Flight> flying = new ArrayList<>();
  private int epoch = -1;
  private boolean open;
  private boolean closed;
  private RuntimeException abortable;

  /** What the next calls of send throw. */
  final Deque<RuntimeException> refusals = new ArrayDeque<>();

  /** On the average a record arrives at one of so many occasions. */
  int slowness = 1;

  /** Whether Kafka is away when the producer is closed, so that nothing arrives any more. */
  boolean away;

  /** A rule of producers that a test switches off: acknowledgement after the record is there. */
  boolean acknowledgesEarly;

  /**
   * A producer.
   *
   * @param transactionalId null for none
   */
  SimulatedProducer(SimulatedKafka kafka, String transactionalId) {
    super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    this.kafka = kafka;
    this.transactionalId = transactionalId;
  }

  @Override
  public void initTransactions() {
    if (transactionalId == null) {
      throw new IllegalStateException("not transactional");
    }
    epoch = kafka.init(transactionalId);
  }

  @Override
  public void beginTransaction() {
    usable();
    if (epoch < 0 || open) {
      throw new IllegalStateException(open ? "a transaction is open" : "not initialised");
    }
    unfenced();
    open = true;
  }

  private void usable() {
    if (closed) {
      throw new IllegalStateException("Cannot perform operation after producer has been closed");
    }
  }

  private void unfenced() {
    if (kafka.fenced(transactionalId, epoch)) {
      throw new ProducerFencedException("a newer producer has this transactional id");
    }
  }

  @Override
  public synchronized Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> record, Callback callback) {
    usable();
    if (transactionalId != null && !open) {
      throw new IllegalStateException("no transaction is open");
    }
    if (abortable != null) {
      throw new KafkaException("the transaction has failed", abortable);
    }
    if (!refusals.isEmpty()) {
      throw refusals.removeFirst();
    }
    Flight flight = new Flight(record, callback, new CompletableFuture<>());
    if (size(record) > kafka.largest) {
      fail(flight, new RecordTooLargeException("larger than " + kafka.largest));
    } else {
      flying.add(flight);
      if (acknowledgesEarly) {
        answer(flight, 0);
      }
    }
    return flight.answer();
  }

  private static int size(ProducerRecord<byte[], byte[]> record) {
    return record.value() == null ? 0 : record.value().length;
  }

  private void fail(Flight flight, RuntimeException error) {
    if (open) {
      abortable = error;
    }
    flight.answer().completeExceptionally(error);
    flight.callback().onCompletion(null, error);
  }

  /** How many records are on their way. */
  int flying() {
    return flying.size();
  }

  /** Lets a record arrive, and all of its partition that were sent before. */
  void land(int index) {
    ProducerRecord<byte[], byte[]> last = flying.get(index).record();
    TopicPartition partition = partition(last);
    List<Flight> landing =
        flying.subList(0, index + 1).stream()
            .filter(flight -> partition(flight.record()).equals(partition))
            .toList();
    flying.removeAll(landing);
    landing.forEach(this::arrive);
  }

  private static TopicPartition partition(ProducerRecord<byte[], byte[]> record) {
    return new TopicPartition(record.topic(), record.partition() == null ? 0 : record.partition());
  }

  private void arrive(Flight flight) {
    if (transactionalId == null) {
      answer(flight, kafka.append(flight.record()));
    } else if (kafka.fenced(transactionalId, epoch)) {
      fail(flight, new ProducerFencedException("a newer producer has this transactional id"));
    } else {
      answer(flight, kafka.append(flight.record(), transactionalId));
    }
  }

  private void answer(Flight flight, long offset) {
    if (flight.answer().isDone()) {
      return;
    }
    RecordMetadata metadata = new RecordMetadata(partition(flight.record()), offset, 0, 0L, 0, 0);
    flight.answer().complete(metadata);
    flight.callback().onCompletion(metadata, null);
  }

  /** All records that match fail, as if Kafka had refused them. */
  void refuse(Predicate<ProducerRecord<byte[], byte[]>> which, RuntimeException error) {
    List<Flight> refused = flying.stream().filter(f -> which.test(f.record())).toList();
    flying.removeAll(refused);
    refused.forEach(flight -> fail(flight, error));
  }

  /** The oldest record fails with those behind it in its partition, as a batch that is refused. */
  void refuseBatch(RuntimeException error) {
    TopicPartition partition = partition(flying.getFirst().record());
    refuse(record -> partition(record).equals(partition), error);
  }

  @Override
  public synchronized void flush() {
    List<Flight> landing = List.copyOf(flying);
    flying.clear();
    landing.forEach(this::arrive);
  }

  @Override
  public void commitTransaction() {
    usable();
    if (!open) {
      throw new IllegalStateException("no transaction is open");
    }
    flush();
    unfenced();
    if (abortable != null) {
      throw new KafkaException("the transaction has failed", abortable);
    }
    kafka.end(transactionalId, SimulatedKafka.State.COMMITTED);
    open = false;
  }

  @Override
  public void abortTransaction() {
    usable();
    unfenced();
    List<Flight> dropped = List.copyOf(flying);
    flying.clear();
    dropped.forEach(flight -> fail(flight, new TransactionAbortedException()));
    kafka.end(transactionalId, SimulatedKafka.State.ABORTED);
    open = false;
    abortable = null;
  }

  @Override
  public boolean closed() {
    return closed;
  }

  @Override
  public void close() {
    close(Duration.ofMillis(Long.MAX_VALUE));
  }

  /**
   * With time to close, records on their way arrive, unless Kafka is away, and an open transaction
   * is aborted.
   */
  @Override
  public void close(Duration timeout) {
    if (!timeout.isZero() && !open && !away) {
      flush();
    } else if (!timeout.isZero() && open && !kafka.fenced(transactionalId, epoch)) {
      kafka.end(transactionalId, SimulatedKafka.State.ABORTED);
    }
    List<Flight> dropped = List.copyOf(flying);
    flying.clear();
    closed = true;
    dropped.forEach(flight -> fail(flight, new KafkaException("Producer is closed.")));
  }
}
