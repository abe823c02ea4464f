package dev.millrace.kafka.status;

import java.util.Optional;

/**
 * One status, as it is in the status topic (compat: internal topics §7).
 *
 * @param state name of the state
 * @param trace stack trace of a failure
 * @param worker {@code host:port} of the worker that wrote it
 * @param generation generation of the group when it was written
 * @param version version of the plugin
 * @param member member of the group that wrote it; empty when Kafka Connect did
 */
public record StatusRecord(
    State state,
    Optional<String> trace,
    String worker,
    int generation,
    Optional<String> version,
    String member) {

  /** The states that are ever written. */
  public enum State {
    UNASSIGNED,
    RUNNING,
    PAUSED,
    FAILED,
    RESTARTING,
    STOPPED;

    /** Such a report must not hide a newer one of somebody else. */
    boolean yields() {
      return this == UNASSIGNED || this == FAILED;
    }
  }
}
