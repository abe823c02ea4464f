package dev.millrace.engine.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What outlives a killed process: logs of topics with transactions, and the epochs of transactional
 * ids. Passes the same contract as a broker, seen through its producer. One thread.
 */
final class SimulatedKafka {
  /** Values beyond this size are refused. */
  int largest = 1_000_000;

  enum State {
    OPEN,
    COMMITTED,
    ABORTED
  }

  /** A record in a log. */
  static final class Entry {
    final ProducerRecord<byte[], byte[]> record;
    State state;

    private Entry(ProducerRecord<byte[], byte[]> record, State state) {
      this.record = record;
      this.state = state;
    }

    String key() {
      return text(record.key());
    }

    String value() {
      return text(record.value());
    }

    private static String text(byte[] bytes) {
      return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private final Map<String, Map<Integer, List<Entry>>> logs = new HashMap<>();
  private final Map<String, Integer> epochs = new HashMap<>();
  private final Map<String, List<Entry>> open = new HashMap<>();

  /** Told of every record that becomes visible to a reader of committed ones; may be replaced. */
  Runnable changed = () -> {};

  /** A rule of Kafka that a test switches off, to show that the simulation notices. */
  boolean leavesTransactionsOpen;

  /** Another such rule. */
  boolean forgetsAborts;

  /** The next epoch of a transactional id; what its predecessor left open is aborted. */
  int init(String id) {
    if (!leavesTransactionsOpen) {
      end(id, State.ABORTED);
    }
    return epochs.merge(id, 1, Integer::sum);
  }

  boolean fenced(String id, int epoch) {
    return epochs.get(id) != epoch;
  }

  /** Appends a record that belongs to no transaction; its offset. */
  long append(ProducerRecord<byte[], byte[]> record) {
    return add(new Entry(record, State.COMMITTED));
  }

  /** Appends a record to the open transaction of an id; its offset. */
  long append(ProducerRecord<byte[], byte[]> record, String id) {
    Entry entry = new Entry(record, State.OPEN);
    open.computeIfAbsent(id, i -> new ArrayList<>()).add(entry);
    return add(entry);
  }

  private long add(Entry entry) {
    ProducerRecord<byte[], byte[]> record = entry.record;
    int partition = record.partition() == null ? 0 : record.partition();
    List<Entry> log =
        logs.computeIfAbsent(record.topic(), t -> new TreeMap<>())
            .computeIfAbsent(partition, p -> new ArrayList<>());
    log.add(entry);
    changed.run();
    return log.size() - 1L;
  }

  /** Ends the open transaction of an id. */
  void end(String id, State how) {
    State state = forgetsAborts ? State.COMMITTED : how;
    List<Entry> entries = open.remove(id);
    if (entries != null) {
      entries.forEach(entry -> entry.state = state);
      changed.run();
    }
  }

  /** What a reader of committed records sees of a partition: up to the first open transaction. */
  List<Entry> committed(String topic, int partition) {
    return logs.getOrDefault(topic, Map.of()).getOrDefault(partition, List.of()).stream()
        .takeWhile(entry -> entry.state != State.OPEN)
        .filter(entry -> entry.state == State.COMMITTED)
        .toList();
  }

  /** The same of all partitions, one after the other. */
  List<Entry> committed(String topic) {
    return logs.getOrDefault(topic, Map.of()).keySet().stream()
        .flatMap(partition -> committed(topic, partition).stream())
        .toList();
  }

  /** The values of {@link #committed(String)}. */
  List<String> values(String topic) {
    return committed(topic).stream().map(Entry::value).toList();
  }
}
