package dev.millrace.model.errors;

/** {@code errors.tolerance}: whether one bad record fails its task. */
public enum Tolerance {
  /** The first failure fails the task. */
  NONE,
  /** The record is skipped and reported. */
  ALL
}
