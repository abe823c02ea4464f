package dev.millrace.engine.source;

/** What a source task promises about its records. */
public enum Guarantee {
  /** Nothing is lost; after a failure some records may be written again. */
  AT_LEAST_ONCE,
  /** Records and offsets in one Kafka transaction (KIP-618). */
  EXACTLY_ONCE
}
