package dev.millrace.model;

/**
 * Wanted work. It must run in a version no older than {@code version}; if it has failed, in one no
 * older than {@code retryFailedAt}.
 *
 * @param version log offset of the newest fact that obliges a restart
 * @param retryFailedAt log offset of the newest fact that obliges a restart of failed work, or -1
 */
public record WorkSpec(WorkId id, long version, long retryFailedAt, TargetState target) {

  /** The log offset that work started from this specification has taken into account. */
  public long asOf() {
    return Math.max(version, retryFailedAt);
  }
}
