package dev.millrace.kafka.config;

import dev.millrace.kafka.KafkaAccessException;
import dev.millrace.kafka.TopicTail;
import dev.millrace.kafka.TopicTrouble;
import dev.millrace.kafka.Topics;
import dev.millrace.model.Fact;
import dev.millrace.model.control.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the config topic's records as facts, committed ones only, each once and in their order;
 * those that this worker has written itself as soon as they are committed ({@link #ahead}), which
 * spares the way back from the broker. Thread-safe, guarded by its lock.
 */
final class TopicReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);

  private final String topic;
  private final TopicTail tail;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Leftovers leftovers = new Leftovers();
  private final FactDecoder decoder = new FactDecoder(); // guarded by lock, as all below
  private Consumer<Event> events = event -> {};
  private Consumer<Throwable> failed = error -> {};
  private Runnable troubled = () -> {};
  private volatile Optional<TopicTrouble> trouble = Optional.empty();
  private long taken = -1; // the offset of the last record that was made a fact, or passed over
  private long read = -1; // the same of what has come from the broker
  private long lastFact = -1; // the last offset that whoever reads the facts can reach

  /**
   * A reader that has not begun.
   *
   * @param group whose members have the topic
   */
  TopicReader(TopicLogSettings settings, String group) {
    this.topic = settings.topic().name();
    this.tail =
        new TopicTail(
            new TopicTail.Settings(
                settings.topic(),
                group,
                settings.consumer(),
                settings.admin(),
                this::requireOnePartition),
            "config-log-read",
            new FromTail());
  }

  /**
   * Begins to read.
   *
   * @param whenTroubled called on the reader's thread when the topic cannot be used any more
   */
  void start(Consumer<Event> receiver, Consumer<Throwable> failure, Runnable whenTroubled) {
    events = receiver;
    failed = failure;
    troubled = whenTroubled;
    tail.start();
  }

  /**
   * Calls back on the reader's thread when everything has been read that is in the topic now, with
   * the offset of the last fact.
   */
  void whenAtEnd(LongConsumer then) {
    tail.whenAtEnd(() -> then.accept(lastFact()));
  }

  /** Why the topic cannot be used for now. */
  Optional<TopicTrouble> trouble() {
    return trouble;
  }

  /** Offset of the newest record that was made a fact, or passed over. */
  long taken() {
    lock.lock();
    try {
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** What there is of connectors, as far as it has been read. */
  Leftovers leftovers() {
    return leftovers;
  }

  private long lastFact() {
    lock.lock();
    try {
      return lastFact;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes records that are committed and have not been read yet.
   *
   * @param first the offset of the first one, before which nothing is that was not taken
   */
  void ahead(long first, List<FactRecord> records) {
    lock.lock();
    try {
      for (int i = 0; i < records.size(); i++) take(first + i, records.get(i));
    } finally {
      lock.unlock();
    }
  }

  /** Waits until records have come from the broker up to this offset; whether that was in time. */
  boolean awaitRead(long offset, Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (read < offset && left > 0) left = moved.awaitNanos(left);
      return read >= offset;
    } finally {
      lock.unlock();
    }
  }

  private void take(long offset, FactRecord record) {
    if (offset <= taken) return;
    taken = offset;
    leftovers.note(record);
    Optional<Fact> fact = decoded(offset, record);
    if (fact.isEmpty() && FactDecoder.waitsForMore(record)) return;
    lastFact = offset;
    events.accept(
        fact.<Event>map(known -> new Event.FactRead(offset, known))
            .orElseGet(() -> new Event.Passed(offset)));
  }

  /** What is not understood, such as a newer version's record, says nothing, but has been read. */
  private Optional<Fact> decoded(long offset, FactRecord record) {
    try {
      return decoder.decode(record);
    } catch (IllegalArgumentException e) {
      LOG.error("{}: record {} is skipped: {}", topic, offset, e.getMessage());
      return Optional.empty();
    }
  }

  private void requireOnePartition(Topics topics) {
    int partitions = topics.describe(topic).map(found -> found.partitions().size()).orElse(1);
    if (partitions != 1) {
      throw new KafkaAccessException(
          "Topic '%s' supplied via the 'config.storage.topic' property is required to have a single partition in order to guarantee consistency of connector configurations, but found %d partitions."
              .formatted(topic, partitions));
    }
  }

  /** What the tail tells. */
  private final class FromTail implements TopicTail.Reader {
    @Override
    public void read(ConsumerRecord<byte[], byte[]> record) {
      lock.lock();
      try {
        take(record.offset(), new FactRecord(text(record.key()), text(record.value())));
        read = record.offset();
        moved.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void trouble(Optional<TopicTrouble> now) {
      if (now.isPresent()) troubled.run();
      events.accept(new Event.LogTrouble(now.map(TopicTrouble::why)));
      trouble = now; // whoever sees it, and asks then, is answered by it
    }

    @Override
    public void failed(Throwable error) {
      failed.accept(error);
    }
  }

  private static String text(byte[] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    tail.close();
  }
}
