package dev.millrace.engine;

/** What a piece of work counts; see compat: metrics §6–§9. Times in milliseconds. */
public enum Count {
  /** Records returned by a source task's poll. */
  SOURCE_POLLED,
  /** Records acknowledged by Kafka. */
  SOURCE_WRITTEN,
  /** Records polled and neither written nor dropped yet (a level, not a sum). */
  SOURCE_ACTIVE,
  /** Duration of the latest poll that returned records. */
  LAST_POLL_MS,
  /** Sum of the durations of polls that returned records. */
  POLL_MS,
  /** Records of the latest committed transaction. */
  LAST_TRANSACTION_RECORDS,
  /** Records consumed by a sink, before transformations. */
  SINK_READ,
  /** Records handed to put, after transformations; each attempt counts once when it succeeds. */
  SINK_SENT,
  /** Consumed minus committed offsets over all partitions (a level). */
  SINK_ACTIVE,
  /** Assigned partitions (a level). */
  PARTITIONS,
  /** Duration of the latest successful put. */
  LAST_PUT_MS,
  /** Sum of the durations of successful puts. */
  PUT_MS,
  /** Puts that asked to be retried. */
  PUT_RETRIES,
  /** Records of the latest batch (a level). */
  LAST_BATCH_RECORDS,
  /** Batches processed. */
  BATCHES,
  /** Wall time of the latest batch, epoch milliseconds; 0 is never. */
  LAST_BATCH_AT,
  /** Offset commits (or transactions) that succeeded. */
  COMMITS,
  /** Offset commits (or transactions) that failed. */
  COMMIT_FAILURES,
  /** Commit answers that came too late and were ignored. */
  COMMITS_SKIPPED,
  /** Number of the latest commit attempt. */
  COMMIT_SEQUENCE,
  /** Duration of the latest successful commit. */
  LAST_COMMIT_MS,
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
