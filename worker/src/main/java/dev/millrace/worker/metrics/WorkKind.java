package dev.millrace.worker.metrics;

/** Kinds of connectors and of their tasks, as far as their metrics differ. */
public enum WorkKind {
  SOURCE("source"),
  /** A source whose tasks write in transactions. */
  TRANSACTIONAL_SOURCE("source"),
  SINK("sink");

  private final String connectorType;

  WorkKind(String connectorType) {
    this.connectorType = connectorType;
  }

  /** {@code source} or {@code sink}. */
  String connectorType() {
    return connectorType;
  }
}
