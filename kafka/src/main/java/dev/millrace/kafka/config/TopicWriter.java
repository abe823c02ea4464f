package dev.millrace.kafka.config;

import dev.millrace.kafka.Reminder;
import dev.millrace.model.Fact;
import dev.millrace.model.Rejection;
import dev.millrace.model.control.Event;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the config topic under a claim: a producer whose transactional id the whole cluster
 * shares, so that a new claim shuts all earlier ones out. When an append has failed its claim is
 * over: the leader claims again and reads what became of it. Its state is confined to its thread.
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
  private final WriteFaults faults;
  private final IntPredicate leads;
  private final Reminder reminder = new Reminder();
  private volatile Optional<Rejection> refusal = Optional.empty();
  private Optional<KafkaProducer<byte[], byte[]>> producer = Optional.empty();
  private int claims;
  private long written = NONE; // the offset of this claim's last record

  /**
   * A writer without a claim.
   *
   * @param leads whether this worker is still a member of that generation
   */
  TopicWriter(TopicLogSettings settings, TopicReader reader, IntPredicate leads) {
    this.settings = settings;
    this.faults = new WriteFaults(settings);
    this.leads = leads;
    this.reader = reader;
  }

  void start(Consumer<Event> receiver, Consumer<Throwable> failure) {
    events = receiver;
    failed = failure;
  }

  /** Asked again while it is under way, it is still made once. */
  void claim(int generation) {
    if (claiming.getAndSet(generation) != generation) {
      run(() -> makeClaim(generation));
    }
  }

  /** Also where the process was suspended before it came to this: then others may lead. */
  private void makeClaim(int generation) {
    drop();
    if (!leads.test(generation)) {
      claiming.compareAndSet(generation, NONE);
      return;
    }
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
    } catch (AuthorizationException | AuthenticationException e) {
      drop();
      claiming.compareAndSet(generation, NONE);
      refused(faults.refused(e));
    } catch (KafkaException e) {
      LOG.warn("The config topic could not be claimed; tried again: {}", e.toString());
      drop();
      claiming.compareAndSet(generation, NONE);
    }
  }

  void append(int claim, long proposal, List<Fact> facts) {
    run(() -> write(claim, proposal, facts));
  }

  private void write(int claim, long proposal, List<Fact> facts) {
    if (claim != claims || producer.isEmpty()) { // shut out
      events.accept(new Event.AppendFailed(proposal, true, Map.of()));
      return;
    }
    var batch = new Batch(settings.topic().name(), facts, reader.leftovers());
    try {
      writeAll(producer.get(), proposal, batch);
      if (refusal.isPresent()) LOG.info("The config topic can be written again");
      refusal = Optional.empty();
    } catch (KafkaException | ExecutionException e) {
      drop();
      failed(proposal, batch, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      drop();
    }
  }

  private void failed(long proposal, Batch batch, Exception thrown) {
    Throwable reason = batch.reason(thrown);
    if (reason instanceof AuthorizationException || reason instanceof AuthenticationException) {
      refused(faults.refused(reason));
    } else if (reason instanceof ProducerFencedException
        || reason instanceof InvalidProducerEpochException) {
      LOG.info("Another claim was made: {} records were not written", batch.records().size());
    } else {
      LOG.warn(
          "{} records {} written: {}",
          batch.records().size(),
          batch.surelyLost() ? "were not" : "may not have been",
          reason.toString());
    }
    var tooLarge = faults.tooLarge(batch.tooLarge());
    events.accept(new Event.AppendFailed(proposal, batch.surelyLost(), tooLarge));
  }

  /** Said now and then, while it lasts, and to whoever asks for something. */
  private void refused(Rejection why) {
    refusal = Optional.of(why);
    if (reminder.due(why.message())) LOG.error("{}. {}", why.message(), why.hint());
    events.accept(new Event.WriteRefused(why));
  }

  /** What keeps this worker from writing, if it should. */
  Optional<Rejection> refusal() {
    return refusal;
  }

  /**
   * The topic is not there: a producer that is left open would have the broker make an empty one.
   */
  void letGo() {
    run(this::drop);
  }

  private void writeAll(KafkaProducer<byte[], byte[]> open, long proposal, Batch batch)
      throws ExecutionException, InterruptedException {
    boolean allRead = written != NONE && reader.awaitRead(written, ENDED);
    long before = reader.taken();
    batch.write(open);
    long first = batch.first();
    long last = batch.last();
    if (first <= before) { // no record of this topic can have that offset
      drop();
      refused(faults.replaced());
      events.accept(new Event.AppendFailed(proposal, true, Map.of()));
      return;
    }
    boolean adjoins = first == written + 2 && last - first + 1 == batch.records().size();
    written = last;
    events.accept(new Event.Appended(proposal, batch.end()));
    if (allRead && adjoins) reader.ahead(first, batch.records());
  }

  /**
   * An error, such as when memory is short, must not leave a worker that leads and never writes.
   */
  private void run(Runnable task) {
    thread.execute(
        () -> {
          try {
            task.run();
          } catch (RuntimeException | Error e) {
            failed.accept(
                new IllegalStateException(
                    "Config topic '%s' cannot be written: %s".formatted(settings.topic().name(), e),
                    e));
          }
        });
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
