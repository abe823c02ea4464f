package dev.millrace.worker.offsets;

import java.util.List;
import java.util.Map;

/**
 * Reads and changes the offsets of connectors (compat: REST §8). Thread-safe. Methods may take up
 * to {@link #DEADLINE_SECONDS}, and throw {@link OffsetException} when they cannot do it.
 */
public interface OffsetAdmin {

  /** How long one request may take. */
  int DEADLINE_SECONDS = 90;

  /** Where a connector has got to; empty when nowhere yet. */
  List<Position> list(String connector);

  /**
   * Changes the offsets of the given partitions of a stopped connector, leaving the others alone.
   *
   * @return what the connector itself said of it
   */
  Outcome alter(String connector, List<Position> positions);

  /** Forgets all offsets of a stopped connector. */
  Outcome reset(String connector);

  /**
   * One partition's offset. Maps hold what JSON holds.
   *
   * @param partition {@code null} where a source has one partition without a name
   * @param offset {@code null} for none
   */
  record Position(Map<String, ?> partition, Map<String, ?> offset) {}

  /** How far a change reached. */
  enum Outcome {
    /** The connector has taken part. */
    COMPLETE,
    /** Kafka's side is changed; what the connector keeps elsewhere, if it does, is not. */
    KAFKA_ONLY
  }
}
