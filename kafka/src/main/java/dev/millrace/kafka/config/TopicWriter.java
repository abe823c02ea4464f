package dev.millrace.kafka.config;

import dev.millrace.model.Fact;
import dev.millrace.model.control.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the config topic under a claim: a producer whose transactional id the whole cluster
 * shares, so that a new claim shuts all earlier ones out. What fails is not answered: the leader
 * then claims again and reads what became of it. Its state is confined to its thread.
 *
 * <p>What is committed is made known at once, without waiting for it to come back from the broker.
 * That is right when nothing is in front of it that has not been read: what this claim wrote before
 * has come back, and between it and this there is the mark of its commit only. Where that is not
 * so, and with the first records of a claim, the facts come by being read.
 */
final class TopicWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicWriter.class);
  private static final int WAITING = 100;
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final int NONE = -1;

  /**
   * The broker has to end a transaction before it lets the next one begin, and one that comes too
   * soon has to be sent again; that it can be read is a sign of the end.
   */
  private static final Duration ENDED = Duration.ofMillis(100);

  private final TopicLogSettings settings;
  private final TopicReader reader;
  private final ExecutorService thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          task -> new Thread(task, "config-log-write"),
          new ThreadPoolExecutor.DiscardPolicy()); // what is not answered is asked again
  private final AtomicInteger claiming = new AtomicInteger(NONE);
  private Consumer<Event> events = event -> {};
  private Consumer<Throwable> failed = error -> {};
  private Optional<KafkaProducer<byte[], byte[]>> producer = Optional.empty();
  private int claims;
  private long written = NONE; // the offset of this claim's last record

  TopicWriter(TopicLogSettings settings, TopicReader reader) {
    this.settings = settings;
    this.reader = reader;
  }

  void start(Consumer<Event> receiver, Consumer<Throwable> failure) {
    events = receiver;
    failed = failure;
  }

  /** Asked again while it is under way, it is still made once. */
  void claim(int generation) {
    if (claiming.getAndSet(generation) != generation) {
      thread.execute(() -> makeClaim(generation));
    }
  }

  private void makeClaim(int generation) {
    drop();
    try {
      KafkaProducer<byte[], byte[]> made = new KafkaProducer<>(settings.producer());
      producer = Optional.of(made);
      written = NONE;
      made.initTransactions();
      int claim = ++claims;
      reader.whenAtEnd(
          end -> {
            claiming.compareAndSet(generation, NONE);
            events.accept(new Event.Claimed(generation, claim, end));
          });
    } catch (AuthorizationException e) {
      refused(e);
    } catch (KafkaException e) {
      LOG.warn("The config topic could not be claimed; tried again: {}", e.toString());
      drop();
      claiming.compareAndSet(generation, NONE);
    }
  }

  void append(int claim, long proposal, List<Fact> facts) {
    thread.execute(() -> write(claim, proposal, facts));
  }

  private void write(int claim, long proposal, List<Fact> facts) {
    if (claim != claims || producer.isEmpty()) {
      return; // shut out
    }
    try {
      writeAll(producer.get(), proposal, facts);
    } catch (ProducerFencedException e) {
      LOG.info("Another worker has become the leader: {} facts were not written", facts.size());
      drop();
    } catch (AuthorizationException e) {
      refused(e);
    } catch (KafkaException | ExecutionException e) {
      LOG.warn(
          "{} facts may not have been written; the leader will see: {}",
          facts.size(),
          e.toString());
      drop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      drop();
    }
  }

  /** What is not allowed now will not be later: said at once, rather than tried for ever. */
  private void refused(AuthorizationException error) {
    drop();
    failed.accept(
        new IllegalStateException(
            ("Worker may not write the config topic '%s' in transactions: %s. Its principal needs"
                    + " WRITE on the topic, and WRITE and DESCRIBE on the transactional id '%s'")
                .formatted(
                    settings.topic().name(),
                    error.getMessage(),
                    settings.producer().get(ProducerConfig.TRANSACTIONAL_ID_CONFIG)),
            error));
  }

  private void writeAll(KafkaProducer<byte[], byte[]> open, long proposal, List<Fact> facts)
      throws ExecutionException, InterruptedException {
    boolean allRead = written != NONE && reader.awaitRead(written, ENDED);
    List<FactRecord> records = new ArrayList<>();
    int completing = NONE;
    for (Fact fact : facts) {
      List<FactRecord> its = FactEncoder.encode(fact);
      completing = records.size() + FactEncoder.completing(fact, its.size());
      records.addAll(its);
    }
    open.beginTransaction();
    List<Future<RecordMetadata>> sent = records.stream().map(r -> open.send(record(r))).toList();
    open.commitTransaction();
    long first = sent.getFirst().get().offset();
    long last = sent.getLast().get().offset();
    boolean adjoins = first == written + 2 && last - first + 1 == sent.size();
    written = last;
    events.accept(new Event.Appended(proposal, sent.get(completing).get().offset()));
    if (allRead && adjoins) reader.ahead(first, records);
  }

  private ProducerRecord<byte[], byte[]> record(FactRecord record) {
    return new ProducerRecord<>(
        settings.topic().name(), bytes(record.key()), bytes(record.value()));
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private void drop() {
    producer.ifPresent(open -> open.close(Duration.ZERO));
    producer = Optional.empty();
  }

  @Override
  public void close() {
    thread.execute(this::drop);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE.toSeconds(), TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
