package dev.millrace.kafka.status;

import dev.millrace.kafka.Reminder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to a compacted topic, of each key only the latest value: what is outdated before it could
 * be sent is never sent, so what waits is bounded by the number of keys. What fails is sent again
 * unless there is something newer. What is not urgent may wait for a moment: work that is restarted
 * has several statuses within milliseconds, of which only the last one matters, and each batch
 * costs all workers a read. Thread-safe; sends on a thread of its own.
 */
final class LatestWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LatestWriter.class);
  private static final long PAUSE_MS = 500;
  private static final long GATHER_MS = 50;
  private static final long REFUSED_MS = 5_000;
  private static final Duration CLOSE = Duration.ofSeconds(3);

  private final String topic;
  private final Map<String, Object> settings;
  private final Thread thread;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Map<String, Optional<String>> waiting = new LinkedHashMap<>(); // guarded by lock
  private final Map<String, Long> newest = new HashMap<>(); // by key, which take has its newest
  private long takes; // guarded by lock, as all above and below
  private boolean urgent; // something that waits is; guarded by lock
  private int sent; // and not acknowledged; guarded by lock
  private Instant since = Instant.MAX; // when the oldest of what is not written came
  private boolean closing;
  private boolean started;
  private boolean troubled;
  private boolean held;
  private String refused = "";
  private final Reminder reminder = new Reminder();
  private Consumer<Throwable> failed = error -> {};
  private final Dropped dropped;

  /** Told of a value that is never written, on the writer's or its producer's thread. */
  interface Dropped {
    void dropped(String key, String value, Exception why);
  }

  LatestWriter(String topic, Map<String, Object> settings, InstantSource clock, Dropped dropped) {
    this.dropped = dropped;
    this.topic = topic;
    this.settings = settings;
    this.clock = clock;
    this.thread = new Thread(this::run, "status-write");
  }

  /** Since when there has always been something that is not written; empty when all is. */
  Optional<Instant> unwritten() {
    lock.lock();
    try {
      return waiting.isEmpty() && sent == 0 ? Optional.empty() : Optional.of(since);
    } finally {
      lock.unlock();
    }
  }

  /** Begins to write; {@code failure} is told once when that is not possible. */
  void start(Consumer<Throwable> failure) {
    lock.lock();
    try {
      if (closing) return;
      failed = failure;
      started = true;
      thread.start();
    } finally {
      lock.unlock();
    }
  }

  /** Why nothing can be written for now, though Kafka is there; empty when it can. */
  String refused() {
    lock.lock();
    try {
      return refused;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends nothing meanwhile: the topic is not there, and the broker would make an empty one of the
   * wrong kind.
   */
  void hold(boolean now) {
    lock.lock();
    try {
      held = now;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Written together with what else comes within a moment. Empty is a tombstone. */
  void put(String key, Optional<String> value) {
    put(key, value, false);
  }

  /** Written at once, and whatever waits with it. */
  void putUrgently(String key, Optional<String> value) {
    put(key, value, true);
  }

  private void put(String key, Optional<String> value, boolean atOnce) {
    lock.lock();
    try {
      boolean first = waiting.isEmpty();
      if (first && sent == 0) since = clock.instant();
      waiting.remove(key); // the newest comes last
      waiting.put(key, value);
      boolean hurries = atOnce && !urgent;
      urgent |= atOnce;
      if (first || hurries) changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try (Producer<byte[], byte[]> producer = new KafkaProducer<>(settings)) {
      for (var batch = take(); !batch.isEmpty(); batch = take()) {
        long number = takes;
        batch.forEach((key, value) -> send(producer, key, value, number));
      }
      producer.close(CLOSE);
    } catch (InterruptedException e) {
      LOG.debug("interrupted at the end");
    } catch (RuntimeException | Error e) { // nobody else would notice that nothing is told any more
      over(e);
    }
  }

  private void over(Throwable error) {
    lock.lock();
    try {
      if (closing) return;
      closing = true;
    } finally {
      lock.unlock();
    }
    failed.accept(
        new IllegalStateException(
            "Worker cannot write the status topic '%s': %s".formatted(topic, error), error));
  }

  /** With the lock. */
  private void awaitWaiting() throws InterruptedException {
    while ((waiting.isEmpty() || held) && !closing) {
      changed.await();
    }
  }

  /** What waits, soon after something does; nothing at the end. */
  private Map<String, Optional<String>> take() throws InterruptedException {
    lock.lock();
    try {
      long pauseMs = refused.isEmpty() ? PAUSE_MS : REFUSED_MS;
      long pause = troubled ? TimeUnit.MILLISECONDS.toNanos(pauseMs) : 0;
      troubled = false;
      while (pause > 0 && !closing) {
        pause = changed.awaitNanos(pause);
      }
      awaitWaiting();
      long gather = TimeUnit.MILLISECONDS.toNanos(GATHER_MS);
      while (gather > 0 && !urgent && !closing) {
        gather = changed.awaitNanos(gather);
      }
      awaitWaiting(); // it may be held by now
      if (held) return Map.of();
      urgent = false;
      var taken = waiting;
      takes++;
      taken.keySet().forEach(key -> newest.put(key, takes));
      sent += taken.size();
      waiting = new LinkedHashMap<>();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback tells
  private void send(
      Producer<byte[], byte[]> producer, String key, Optional<String> value, long number) {
    try {
      producer.send(
          new ProducerRecord<>(topic, bytes(key), value.map(LatestWriter::bytes).orElse(null)),
          (metadata, error) -> {
            if (error != null) again(key, value, number, error);
            else allowed();
            answered(key, number);
          });
    } catch (RuntimeException e) {
      again(key, value, number, e);
      answered(key, number);
    }
  }

  private void answered(String key, long number) {
    lock.lock();
    try {
      sent--;
      newest.remove(key, number);
    } finally {
      lock.unlock();
    }
  }

  private void allowed() {
    lock.lock();
    try {
      if (!refused.isEmpty()) LOG.info("Topic '{}' can be written again", topic);
      refused = "";
    } finally {
      lock.unlock();
    }
  }

  /** What is not allowed for now, too: work goes on meanwhile, and others see it later. */
  private void again(String key, Optional<String> value, long number, Exception error) {
    boolean denied = error instanceof AuthorizationException;
    if (!denied && !(error instanceof RetriableException)) {
      LOG.error("'{}' could not be written to topic '{}': {}", key, topic, error.toString());
      value.ifPresent(lost -> dropped.dropped(key, lost, error));
      return;
    }
    lock.lock();
    try {
      if (closing) {
        LOG.error("'{}' could not be written to topic '{}': {}", key, topic, error.toString());
        return;
      }
      if (denied) {
        refused =
            "Worker may not write the status topic '%s': %s. Its principal needs WRITE and DESCRIBE on it; until then others do not see what becomes of its work, and none moves."
                .formatted(topic, error.getMessage());
      }
      var what = denied ? refused : "It is written again: " + error;
      if (reminder.due(what)) LOG.warn("'{}' was not written to topic '{}'. {}", key, topic, what);
      troubled = true;
      boolean last = newest.getOrDefault(key, number) == number; // else a newer one is on its way
      if (last) waiting.putIfAbsent(key, value);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Writes what waits, if Kafka takes it soon; returns within seconds. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
      if (!started) return;
    } finally {
      lock.unlock();
    }
    if (thread.getState() == Thread.State.NEW) return; // Kafka never came
    try {
      if (!thread.join(CLOSE.plusSeconds(1))) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
