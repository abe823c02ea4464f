package dev.millrace.kafka.group;

/** Told of this worker's membership, in order, on threads of the group's. Must not block. */
public interface GroupListener {
  /** This worker is a member of a new generation. */
  void formed(Roster roster);

  /**
   * Others may think this worker dead, or soon will: its work has to stop. Membership comes back
   * with the next {@link #formed}.
   */
  void lost(String reason);

  /** Joining is impossible for now, for this reason; it is tried again. Empty: no longer. */
  void blocked(String reason);

  /** Membership is impossible for good. */
  void failed(Throwable error);
}
