package dev.millrace.kafka.config;

import dev.millrace.model.Fact;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TransactionAbortedException;

/**
 * Facts that are written in one transaction, and what became of it. Confined to the writer's
 * thread.
 */
final class Batch {
  private final String topic;
  private final List<FactRecord> records = new ArrayList<>();
  private final List<Fact> factOf = new ArrayList<>(); // each record's
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();
  private final int completing;
  private boolean committing;

  /**
   * These facts, and before them, once more, the deletions of connectors that have left something.
   */
  Batch(String topic, List<Fact> facts, Leftovers leftovers) {
    this.topic = topic;
    int last = -1;
    var orphans = leftovers.orphans().stream().<Fact>map(Fact.Deleted::new);
    for (Fact fact : Stream.concat(orphans, facts.stream()).toList()) {
      var its = new ArrayList<>(FactEncoder.encode(fact));
      if (fact instanceof Fact.Deleted(var name)) its.addAll(tombstones(name, leftovers));
      last = records.size() + FactEncoder.completing(fact, its.size());
      records.addAll(its);
      its.forEach(record -> factOf.add(fact));
    }
    this.completing = last;
  }

  /** Of what there is of the connector in the topic, or was put into this batch. */
  private List<FactRecord> tombstones(String connector, Leftovers leftovers) {
    var before = records.stream().map(FactRecord::key);
    return Stream.concat(leftovers.of(connector).stream(), before)
        .filter(key -> Leftovers.owner(key).filter(connector::equals).isPresent())
        .distinct()
        .map(key -> new FactRecord(key, null))
        .toList();
  }

  /** Returns when the transaction is committed. */
  void write(KafkaProducer<byte[], byte[]> open) {
    open.beginTransaction();
    for (FactRecord record : records) sent.add(open.send(record(record)));
    committing = true;
    open.commitTransaction();
  }

  List<FactRecord> records() {
    return records;
  }

  /** Offset of the first record, once written. */
  long first() throws ExecutionException, InterruptedException {
    return sent.getFirst().get().offset();
  }

  /** Offset of the last record. */
  long last() throws ExecutionException, InterruptedException {
    return sent.getLast().get().offset();
  }

  /** Offset of the record by which readers learn the last fact. */
  long end() throws ExecutionException, InterruptedException {
    return sent.get(completing).get().offset();
  }

  /**
   * Whether surely nothing of it is or will be committed: the producer asks for the commit only
   * when it has all acknowledgements.
   */
  boolean surelyLost() {
    return !committing || sent.stream().anyMatch(Batch::failed);
  }

  /** Why it failed, given what was thrown. */
  Throwable reason(Exception thrown) {
    return sent.stream()
        .filter(Batch::failed)
        .map(Future::exceptionNow)
        .filter(error -> !(error instanceof TransactionAbortedException)) // of another record
        .findFirst()
        .orElseGet(() -> thrown.getCause() == null ? thrown : thrown.getCause());
  }

  /** The records that are too large, and their facts. */
  Map<FactRecord, Fact> tooLarge() {
    var found = new HashMap<FactRecord, Fact>();
    IntStream.range(0, sent.size())
        .filter(i -> failed(sent.get(i)) && isTooLarge(sent.get(i).exceptionNow()))
        .forEach(i -> found.put(records.get(i), factOf.get(i)));
    return found;
  }

  private static boolean isTooLarge(Throwable error) {
    return error instanceof RecordTooLargeException
        || error instanceof RecordBatchTooLargeException;
  }

  private static boolean failed(Future<RecordMetadata> one) {
    return one.isDone() && one.state() == Future.State.FAILED;
  }

  /** Bytes of a record's key and value. */
  static int size(FactRecord record) {
    return bytes(record.key()).length
        + Optional.ofNullable(bytes(record.value())).map(value -> value.length).orElse(0);
  }

  private ProducerRecord<byte[], byte[]> record(FactRecord record) {
    return new ProducerRecord<>(topic, bytes(record.key()), bytes(record.value()));
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }
}
