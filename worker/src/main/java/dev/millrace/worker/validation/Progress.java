package dev.millrace.worker.validation;

/**
 * How far a validation has come, in the words that operators know (compat: REST §3). Written by the
 * validation's thread, read by who waits for it.
 */
final class Progress {

  private volatile String stage =
      "waiting for a new thread to become available for connector validation";

  /** What is done from now on. */
  void is(String what) {
    stage = what;
  }

  @Override
  public String toString() {
    return stage;
  }
}
