package dev.millrace.engine;

/** What a piece of work measures, once for each batch or commit; compat: metrics §6–§8. */
public enum Sample {
  /** Duration of a poll that returned records, in milliseconds. */
  POLL_MS,
  /** Duration of a successful put, in milliseconds. */
  PUT_MS,
  /** Records of a batch that was polled. */
  BATCH_RECORDS,
  /** Duration of a successful commit of offsets, in milliseconds. */
  COMMIT_MS,
  /** Records of a committed transaction. */
  TRANSACTION_RECORDS,
  /** Records a source has polled and neither written nor dropped yet. */
  SOURCE_ACTIVE,
  /** Consumed minus committed offsets of a sink, over all partitions. */
  SINK_ACTIVE
}
