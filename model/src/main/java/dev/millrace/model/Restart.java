package dev.millrace.model;

/** What a restart request selects (KIP-745). */
public enum Restart {
  INSTANCE,
  INSTANCE_IF_FAILED,
  INSTANCE_AND_TASKS,
  FAILED_INSTANCE_AND_TASKS;

  /** The request with these two query parameters of the REST API. */
  public static Restart of(boolean includeTasks, boolean onlyFailed) {
    if (includeTasks) return onlyFailed ? FAILED_INSTANCE_AND_TASKS : INSTANCE_AND_TASKS;
    return onlyFailed ? INSTANCE_IF_FAILED : INSTANCE;
  }

  public boolean includesTasks() {
    return this == INSTANCE_AND_TASKS || this == FAILED_INSTANCE_AND_TASKS;
  }

  public boolean onlyFailed() {
    return this == INSTANCE_IF_FAILED || this == FAILED_INSTANCE_AND_TASKS;
  }
}
