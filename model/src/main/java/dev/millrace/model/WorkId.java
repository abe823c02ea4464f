package dev.millrace.model;

/**
 * One piece of work: a connector instance ({@code task} is {@link #INSTANCE}) or one of its tasks.
 * A connector sorts before its tasks.
 */
public record WorkId(String connector, int task) implements Comparable<WorkId> {

  /** The task number that stands for the connector instance itself. */
  public static final int INSTANCE = -1;

  /** The connector instance of that name. */
  public static WorkId instance(String connector) {
    return new WorkId(connector, INSTANCE);
  }

  public boolean isInstance() {
    return task == INSTANCE;
  }

  @Override
  public int compareTo(WorkId that) {
    int byName = connector.compareTo(that.connector);
    return byName != 0 ? byName : Integer.compare(task, that.task);
  }

  /** {@code name} of an instance, {@code name-0} of a task. */
  @Override
  public String toString() {
    return isInstance() ? connector : connector + "-" + task;
  }
}
