package dev.millrace.kafka.config;

import dev.millrace.kafka.KafkaAccessException;
import dev.millrace.kafka.Topics;
import dev.millrace.model.Fact;
import dev.millrace.model.control.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the config topic from its beginning and goes on for ever, committed records only. Its
 * consumer is confined to its thread; {@link #whenAtEnd} may be called from any.
 */
final class TopicReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration ASK_END = Duration.ofSeconds(5);
  private static final Duration TOPIC_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final TopicLogSettings settings;
  private final TopicPartition partition;
  private final FactDecoder decoder = new FactDecoder();
  private final Queue<LongConsumer> asked = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "config-log-read");
  private Consumer<Event> events = event -> {};
  private Consumer<Throwable> failed = error -> {};
  private volatile Optional<KafkaConsumer<byte[], byte[]>> consumer = Optional.empty();
  private volatile boolean closing;
  private long lastFact = -1; // the last offset that whoever reads the facts can reach

  TopicReader(TopicLogSettings settings) {
    this.settings = settings;
    this.partition = new TopicPartition(settings.topic().name(), 0);
  }

  void start(Consumer<Event> receiver, Consumer<Throwable> failure) {
    events = receiver;
    failed = failure;
    thread.start();
  }

  /**
   * Calls back on the reader's thread when everything has been read that is in the topic now, with
   * the offset of the last fact.
   */
  void whenAtEnd(LongConsumer then) {
    asked.add(then);
    consumer.ifPresent(KafkaConsumer::wakeup);
  }

  private void run() {
    try {
      prepare();
      if (closing) {
        return;
      }
      try (var opened = new KafkaConsumer<byte[], byte[]>(settings.consumer())) {
        opened.assign(List.of(partition));
        opened.seekToBeginning(List.of(partition));
        consumer = Optional.of(opened);
        while (!closing) {
          turn(opened);
        }
        opened.close(CloseOptions.timeout(CLOSE));
      }
    } catch (RuntimeException e) {
      if (!closing) {
        failed.accept(
            new IllegalStateException(
                "Config topic '" + partition.topic() + "' cannot be used: " + e.getMessage(), e));
      }
    }
  }

  /** Creates or checks the topic; brokers that cannot be reached are waited for. */
  private void prepare() {
    while (!closing) {
      try (Admin admin = Admin.create(settings.admin())) {
        Topics topics = new Topics(admin, TOPIC_TIMEOUT);
        topics.requireCompacted(settings.topic());
        requireOnePartition(topics);
        return;
      } catch (KafkaAccessException e) {
        if (!(e.getCause() instanceof RetriableException)) {
          throw e;
        }
        LOG.warn("Waiting for Kafka to have the config topic: {}", e.getMessage());
      }
    }
  }

  private void requireOnePartition(Topics topics) {
    int partitions =
        topics.describe(partition.topic()).map(found -> found.partitions().size()).orElse(1);
    if (partitions != 1) {
      throw new KafkaAccessException(
          "Topic '%s' supplied via the 'config.storage.topic' property is required to have a single partition in order to guarantee consistency of connector configurations, but found %d partitions."
              .formatted(partition.topic(), partitions));
    }
  }

  private void turn(KafkaConsumer<byte[], byte[]> opened) {
    try {
      answer(opened);
      opened.poll(POLL).forEach(this::read);
    } catch (WakeupException e) {
      LOG.debug("woken"); // somebody asks for the end
    } catch (RetriableException e) {
      LOG.warn("Config topic '{}': {}; tried again", partition.topic(), e.toString());
    }
  }

  private void answer(KafkaConsumer<byte[], byte[]> opened) {
    while (!asked.isEmpty() && !closing) {
      int known = asked.size();
      readTo(opened, opened.endOffsets(List.of(partition), ASK_END).get(partition));
      for (int i = 0; i < known && !closing; i++) {
        asked.remove().accept(lastFact);
      }
    }
  }

  private void readTo(KafkaConsumer<byte[], byte[]> opened, long end) {
    while (!closing && opened.position(partition, ASK_END) < end) {
      opened.poll(POLL).forEach(this::read);
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      LOG.error("{}: record {} has no key and is skipped", partition, record.offset());
      return;
    }
    Optional<Fact> fact;
    try {
      fact = decoder.decode(new FactRecord(text(record.key()), text(record.value())));
    } catch (IllegalArgumentException e) {
      LOG.error("{}: record {} is skipped: {}", partition, record.offset(), e.getMessage());
      return;
    }
    if (fact.isPresent()) {
      lastFact = record.offset();
      events.accept(new Event.FactRead(lastFact, fact.get()));
    }
  }

  private static String text(byte[] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    closing = true;
    consumer.ifPresent(KafkaConsumer::wakeup);
    try {
      if (!thread.join(CLOSE.plusSeconds(2))) {
        LOG.warn("The reader of '{}' did not end in time", partition.topic());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
