package dev.millrace.model;

/**
 * Which of a connector's tasks may write in transactions (compat: group protocol §12). Kept when
 * the connector is deleted, since its tasks may still run somewhere.
 *
 * @param generation log offset of the newest set of tasks; -1 when there was none
 * @param pending true while tasks of an earlier set may write: none of the newest may begin
 * @param tasks how many tasks of earlier sets may write; -1 when it was never said
 */
public record Fencing(long generation, boolean pending, int tasks) {

  public static final Fencing NONE = new Fencing(-1, false, -1);

  Fencing newSet(long at) {
    return new Fencing(at, true, tasks);
  }

  Fencing over(int allowed) {
    return new Fencing(generation, false, allowed);
  }
}
