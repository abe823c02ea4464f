package dev.millrace.model;

/** How a command ended. */
public sealed interface CommandResult {

  /**
   * Carried out; visible on every worker that has read this far.
   *
   * @param offset log offset of the last fact it made
   * @param created true when a connector came into being that was not there before
   */
  record Done(long offset, boolean created) implements CommandResult {}

  record Rejected(Rejection rejection) implements CommandResult {}

  /** This worker does not lead; {@code leader} does, or nobody when empty. */
  record NotLeader(String leader) implements CommandResult {}
}
