package dev.millrace.model;

/** What a user wants a connector to be (compat: semantics §1). */
public enum TargetState {
  STARTED,
  PAUSED,
  STOPPED
}
