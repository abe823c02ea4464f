package dev.millrace.model.errors;

/** Where in the route of a record an operation failed (compat: semantics §7). */
public enum Stage {
  /** A transformation or its predicate. */
  TRANSFORMATION,
  /** The key converter. */
  KEY_CONVERTER,
  /** The value converter. */
  VALUE_CONVERTER,
  /** The header converter. */
  HEADER_CONVERTER,
  /** The producer of a source task, asynchronously. */
  KAFKA_PRODUCE,
  /** A record that a sink task reported as errant itself. */
  TASK_PUT
}
