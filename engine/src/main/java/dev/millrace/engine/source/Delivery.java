package dev.millrace.engine.source;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.TransactionContext;

/**
 * How a source task's records and offsets reach Kafka. Called on the work's thread, except {@link
 * #abandon} and {@link #tick}.
 */
sealed interface Delivery permits AtLeastOnceDelivery, TransactionalDelivery {
  /** Before the task starts and reads offsets. */
  void open();

  /** At the top of each iteration, running or paused: errors, commits that are due. */
  void upkeep() throws Exception;

  /** A commit that is due is begun; from any thread, never blocks, calls no plugin. */
  void tick();

  /**
   * Sends a record. Throws a retriable exception when it may be tried again; the record then counts
   * as not sent.
   */
  void send(SourceRecord polled, ProducerRecord<byte[], byte[]> record) throws Exception;

  /** A polled record is left out, because a transformation dropped it. */
  void filtered(SourceRecord polled) throws Exception;

  /**
   * A polled record is left out after an error. No offset beyond it is committed before its reports
   * are safe; the task fails when they cannot be written.
   */
  void skipped(SourceRecord polled, CompletionStage<Void> reported) throws Exception;

  /** All records of a poll (perhaps none) have been sent or dropped. */
  void batchDone() throws Exception;

  /**
   * Whether records of one poll may be sent, on another thread, while the task is in its next poll.
   * Then {@link #send}, {@link #filtered}, {@link #skipped} and {@link #batchDone} come from that
   * thread meanwhile, and {@link #upkeep} and what the others may call from theirs.
   */
  boolean mayOverlap();

  /** The task is about to pause, or paused and its batch is done. Never within a batch. */
  void pausing() throws Exception;

  /** How long the paused task may sleep before {@link #upkeep} has something to do. */
  Duration restFor();

  /**
   * The last commit; before the task's stop. Bounded by the flush timeout.
   *
   * @param failed whether the task has failed
   * @param unsent what is left of the last poll, empty when it was sent entirely: neither these
   *     records nor offsets shared with them are committed
   */
  void finish(boolean failed, Collection<SourceRecord> unsent) throws Exception;

  /** Closes the producer. */
  void close();

  /** Closes the producer at once, from any thread: whoever waits for it fails. */
  void abandon();

  /** The failure of a task whose reports cannot be written. */
  static ConnectException unreported(Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    return cause instanceof ConnectException known
        ? known
        : new ConnectException("A failed record could not be reported", cause);
  }

  /** What the task's context gives out; null unless the task defines the transactions. */
  TransactionContext transactionContext();
}
