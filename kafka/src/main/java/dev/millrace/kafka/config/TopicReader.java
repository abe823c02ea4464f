package dev.millrace.kafka.config;

import dev.millrace.kafka.KafkaAccessException;
import dev.millrace.kafka.TopicTail;
import dev.millrace.kafka.Topics;
import dev.millrace.model.Fact;
import dev.millrace.model.control.Event;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the config topic's records as facts, committed ones only. Its state is confined to the
 * tail's thread; {@link #whenAtEnd} may be called from any.
 */
final class TopicReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);

  private final String topic;
  private final TopicTail tail;
  private final FactDecoder decoder = new FactDecoder();
  private Consumer<Event> events = event -> {};
  private Consumer<Throwable> failed = error -> {};
  private long lastFact = -1; // the last offset that whoever reads the facts can reach

  TopicReader(TopicLogSettings settings) {
    this.topic = settings.topic().name();
    this.tail =
        new TopicTail(
            new TopicTail.Settings(
                settings.topic(), settings.consumer(), settings.admin(), this::requireOnePartition),
            "config-log-read",
            new FromTail());
  }

  void start(Consumer<Event> receiver, Consumer<Throwable> failure) {
    events = receiver;
    failed = failure;
    tail.start();
  }

  /**
   * Calls back on the reader's thread when everything has been read that is in the topic now, with
   * the offset of the last fact.
   */
  void whenAtEnd(LongConsumer then) {
    tail.whenAtEnd(() -> then.accept(lastFact));
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
      Optional<Fact> fact;
      try {
        fact = decoder.decode(new FactRecord(text(record.key()), text(record.value())));
      } catch (IllegalArgumentException e) {
        LOG.error("{}: record {} is skipped: {}", topic, record.offset(), e.getMessage());
        return;
      }
      if (fact.isPresent()) {
        lastFact = record.offset();
        events.accept(new Event.FactRead(lastFact, fact.get()));
      }
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
