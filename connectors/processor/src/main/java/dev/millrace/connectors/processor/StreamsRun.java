package dev.millrace.connectors.processor;

import dev.millrace.connectors.processor.flow.FlowSettings;
import dev.millrace.connectors.processor.flow.GroupKeys;
import dev.millrace.connectors.processor.flow.QueryFlow;
import dev.millrace.connectors.processor.flow.RowFailureException;
import dev.millrace.connectors.processor.flow.Tally;
import dev.millrace.connectors.processor.sql.SqlQuery;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a Kafka Streams instance: waits for the topics, starts Streams, keeps it going
 * through a cluster that is away, ends it. A thread of its own starts it and then watches whether
 * it is polled; any thread may ask. What changes is a latch, two references that are set once, and
 * counters.
 */
final class StreamsRun {
  private static final Logger LOG = LoggerFactory.getLogger(StreamsRun.class);
  private static final long LONGEST_BACK_OFF_MS = 10_000;
  private static final long WATCH_MS = 500;
  private static final int SILENT_ROUNDS = 6;
  private static final int CREATE_ATTEMPTS = 60;

  private final ProcessorConfig config;
  private final SqlQuery query;
  private final FlowSettings flow;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicReference<KafkaStreams> streams = new AtomicReference<>();
  private final AtomicInteger replacements = new AtomicInteger();
  private final AtomicInteger polls = new AtomicInteger();
  private final Thread starter;

  private StreamsRun(ProcessorConfig config, Tally tally) {
    this.config = config;
    this.query = config.query();
    this.flow = config.flow(query, tally);
    this.starter =
        new Thread(this::bringUp, config.applicationId() + "-starter-" + config.taskId());
    starter.setContextClassLoader(StreamsRun.class.getClassLoader());
    starter.setDaemon(true);
  }

  /** Begins; returns at once. */
  static StreamsRun start(ProcessorConfig config, Tally tally) {
    StreamsRun run = new StreamsRun(config, tally);
    run.starter.start();
    return run;
  }

  // ---- starting thread

  private void bringUp() {
    try {
      if (awaitTopics()) {
        KafkaStreams instance = create();
        instance.setUncaughtExceptionHandler(this::onUncaught);
        instance.setStateListener(this::onState);
        streams.set(instance);
        if (ended.getCount() > 0) {
          instance.start();
          watch(instance);
        } else {
          instance.close(Duration.ZERO);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Starting of {} was interrupted", config.applicationId());
    } catch (RuntimeException | Error e) { // nobody else would notice that nothing is processed
      fail(e);
    }
  }

  /** A predecessor that was given up may hold the state folder for some seconds more. */
  private KafkaStreams create() throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return new KafkaStreams(QueryFlow.build(query, flow), config.streams());
      } catch (StreamsException e) {
        if (attempt == CREATE_ATTEMPTS || ended.await(WATCH_MS, TimeUnit.MILLISECONDS)) {
          throw e;
        }
        LOG.warn("Processor {} waits: {}", config.applicationId(), e.getMessage());
      }
    }
  }

  /** A paused connector's task is not polled: then Streams rests too, until it is polled again. */
  private void watch(KafkaStreams instance) throws InterruptedException {
    int seen = polls.get();
    int silent = 0;
    while (!ended.await(WATCH_MS, TimeUnit.MILLISECONDS)) {
      int now = polls.get();
      silent = now == seen && now > 0 ? silent + 1 : 0;
      seen = now;
      if (silent >= SILENT_ROUNDS && !instance.isPaused()) {
        LOG.info("Processor {} rests: it is not polled", config.applicationId());
        instance.pause();
      } else if (silent == 0 && instance.isPaused()) {
        LOG.info("Processor {} goes on", config.applicationId());
        instance.resume();
      }
    }
  }

  /** Waits until the topics exist; false when the task ended before. */
  private boolean awaitTopics() throws InterruptedException {
    boolean table = query.output() instanceof SqlQuery.Grouping;
    String told = "";
    try (Topics topics = new Topics(config)) {
      while (ended.getCount() > 0) {
        Optional<String> missing = topics.ensure(flow.inputTopic(), flow.outputTopic(), table);
        if (missing.isEmpty()) {
          return true;
        }
        if (!missing.get().equals(told)) {
          told = missing.get();
          LOG.warn("Processor {} waits: {}", config.applicationId(), told);
        }
        ended.await(config.inputWait().toMillis(), TimeUnit.MILLISECONDS);
      }
    }
    return false;
  }

  // ---- Streams' threads

  private void onState(KafkaStreams.State now, KafkaStreams.State before) {
    LOG.info("Processor {}: {} (was {})", config.applicationId(), now, before);
    if (now == KafkaStreams.State.RUNNING) {
      replacements.set(0);
    }
    if (now == KafkaStreams.State.ERROR) {
      fail(new ConnectException("Kafka Streams has stopped with an error; the log tells which"));
    }
  }

  private StreamThreadExceptionResponse onUncaught(Throwable error) {
    if (!isTransient(error)) {
      fail(error);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    int attempt = replacements.incrementAndGet();
    long wait = Math.min(LONGEST_BACK_OFF_MS, 100L << Math.min(attempt, 10));
    LOG.warn(
        "Processor {}: {}; attempt {} to go on follows in {} ms",
        config.applicationId(),
        error.getMessage(),
        attempt,
        wait);
    try {
      ended.await(wait, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  /** Whether waiting can help: the cause is one of Kafka's retriable errors, and not a row. */
  private static boolean isTransient(Throwable error) {
    boolean retriable = false;
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof RowFailureException) {
        return false;
      }
      retriable |= cause instanceof RetriableException;
    }
    return retriable;
  }

  private void fail(Throwable error) {
    if (failure.compareAndSet(null, error)) {
      LOG.warn("Processor {} fails: {}", config.applicationId(), error.toString());
    }
    ended.countDown();
  }

  // ---- the runtime's threads

  /**
   * Waits for the end of this run.
   *
   * @throws ConnectException when it has failed
   */
  void await(Duration longest) throws InterruptedException {
    polls.incrementAndGet();
    ended.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    Throwable cause = failure.get();
    if (cause != null) {
      throw new ConnectException(
          "Processor " + config.applicationId() + " has failed: " + rootMessage(cause), cause);
    }
  }

  private static String rootMessage(Throwable error) {
    Throwable cause = error;
    while (!(cause instanceof RowFailureException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
  }

  /** Ends it within the time set; state stays on disk. May be called again. */
  void stop() {
    ended.countDown();
    Duration timeout = config.stopTimeout();
    try {
      starter.interrupt();
      starter.join(timeout.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    KafkaStreams instance = streams.get();
    if (instance != null && !instance.close(timeout)) {
      LOG.warn(
          "Processor {} has not stopped within {} ms", config.applicationId(), timeout.toMillis());
    }
  }

  // ---- any thread

  /** Whether Streams rests because nobody polls. */
  boolean rests() {
    KafkaStreams instance = streams.get();
    return instance != null && instance.isPaused();
  }

  /** See {@link SqlProcessorTask#apply}. */
  Optional<String> query(String key) {
    if (!(query.output() instanceof SqlQuery.Grouping grouping)) {
      throw new IllegalStateException(
          "The query of processor " + config.applicationId() + " has no GROUP BY: no table to ask");
    }
    ReadOnlyKeyValueStore<Bytes, byte[]> store = store();
    for (Bytes reading : GroupKeys.readings(grouping, key)) {
      byte[] state = get(store, reading);
      if (state != null) {
        String row = QueryFlow.rowText(grouping, state);
        return row.isEmpty() ? Optional.empty() : Optional.of(row);
      }
    }
    return Optional.empty();
  }

  private ReadOnlyKeyValueStore<Bytes, byte[]> store() {
    KafkaStreams instance = streams.get();
    if (instance == null || ended.getCount() == 0) {
      throw notReady(instance == null ? "is starting" : "has ended", null);
    }
    try {
      return instance.store(
          StoreQueryParameters.fromNameAndType(
              QueryFlow.STORE, QueryableStoreTypes.<Bytes, byte[]>keyValueStore()));
    } catch (InvalidStateStoreException e) {
      throw notReady("is " + instance.state() + " and has no state to ask now", e);
    }
  }

  private byte[] get(ReadOnlyKeyValueStore<Bytes, byte[]> store, Bytes key) {
    try {
      return store.get(key);
    } catch (InvalidStateStoreException e) {
      throw notReady("moves its state", e);
    }
  }

  private IllegalStateException notReady(String state, Exception cause) {
    return new IllegalStateException(
        "Processor " + config.applicationId() + " " + state + ": try again in a moment", cause);
  }
}
