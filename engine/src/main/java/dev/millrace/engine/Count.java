package dev.millrace.engine;

/** What a piece of work counts; see compat: metrics §6–§9. Times in milliseconds. */
public enum Count {
  /** Records returned by a source task's poll. */
  SOURCE_POLLED,
  /** Records acknowledged by Kafka. */
  SOURCE_WRITTEN,
  /** Records polled and neither written nor dropped yet (a level, not a sum). */
  SOURCE_ACTIVE,
  /** Records consumed by a sink, before transformations. */
  SINK_READ,
  /** Records handed to put, after transformations; each attempt counts once when it succeeds. */
  SINK_SENT,
  /** Consumed minus committed offsets over all partitions (a level). */
  SINK_ACTIVE,
  /** The largest part of {@link #SINK_ACTIVE} that one partition has (a level). */
  SINK_LAG,
  /** Assigned partitions (a level). */
  PARTITIONS,
  /** Monotonic time at which the call of poll or put began that is going on; 0: none (a level). */
  CALL_BEGAN_AT,
  /** Puts that asked to be retried. */
  PUT_RETRIES,
  /** Offset commits (or transactions) that succeeded. */
  COMMITS,
  /** Offset commits (or transactions) that failed. */
  COMMIT_FAILURES,
  /** Commit answers that came too late and were ignored. */
  COMMITS_SKIPPED,
  /** Number of the latest commit attempt. */
  COMMIT_SEQUENCE,
  /** Records dropped by a transformation. */
  FILTERED,
  /** Failed operations, each attempt. */
  RECORD_FAILURES,
  /** Records given up. */
  RECORD_ERRORS,
  /** Records skipped because of an error. */
  RECORDS_SKIPPED,
  /** Repeated operations on records. */
  RETRIES,
  /** Errors written to the log. */
  ERRORS_LOGGED,
  /** Records offered to the dead letter queue. */
  DEAD_LETTERS,
  /** Records the dead letter queue did not take. */
  DEAD_LETTER_FAILURES,
  /** Wall time of the latest error, epoch milliseconds; 0 is never. */
  LAST_ERROR_AT
}
