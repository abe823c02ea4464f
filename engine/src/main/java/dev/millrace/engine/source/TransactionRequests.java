package dev.millrace.engine.source;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.TransactionContext;

/**
 * The transaction boundaries a task has asked for. Records are told apart by their values, as Kafka
 * Connect does. Thread-safe.
 */
final class TransactionRequests implements TransactionContext {
  /** What was asked for. */
  enum Request {
    NOTHING,
    COMMIT,
    ABORT
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<SourceRecord> commits = new HashSet<>();
  private final Set<SourceRecord> aborts = new HashSet<>();
  private boolean commitBatch;
  private boolean abortBatch;

  @Override
  public void commitTransaction() {
    locked(() -> commitBatch = true);
  }

  @Override
  public void commitTransaction(SourceRecord record) {
    Objects.requireNonNull(record, "Source record used to define transaction boundaries");
    locked(() -> commits.add(record));
  }

  @Override
  public void abortTransaction() {
    locked(() -> abortBatch = true);
  }

  @Override
  public void abortTransaction(SourceRecord record) {
    Objects.requireNonNull(record, "Source record used to define transaction boundaries");
    locked(() -> aborts.add(record));
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  /** What was asked for after this record; forgotten by this call. */
  Request takeFor(SourceRecord record) {
    lock.lock();
    try {
      return decide(commits.remove(record), aborts.remove(record), "the same record");
    } finally {
      lock.unlock();
    }
  }

  /** What was asked for after the present batch; forgotten by this call. */
  Request takeForBatch() {
    lock.lock();
    try {
      Request request = decide(commitBatch, abortBatch, "the same batch");
      commitBatch = false;
      abortBatch = false;
      return request;
    } finally {
      lock.unlock();
    }
  }

  private static Request decide(boolean commit, boolean abort, String unit) {
    if (commit && abort) {
      throw new IllegalStateException(
          "The task asked both to commit and to abort the transaction after " + unit);
    }
    return commit ? Request.COMMIT : abort ? Request.ABORT : Request.NOTHING;
  }
}
