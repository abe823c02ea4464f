package dev.millrace.engine;

/** Closes several things, all of them, and keeps the first error. Owned by one thread. */
public final class Closer {
  private Throwable first;

  /** Runs one closing step; keeps what it throws. */
  @SuppressWarnings("CatchingUnchecked") // plugin code may throw anything, also sneakily
  public void close(Loaders.Action step) {
    try {
      step.run();
    } catch (Throwable e) {
      keep(e);
    }
  }

  /**
   * Runs one closing step of a plugin; keeps what it throws. An interrupt that the plugin leaves
   * behind is dropped: it would make the Kafka clients' own closing fail.
   */
  public void closePlugin(Loaders.Action step) {
    close(step);
    Loaders.dropInterrupt();
  }

  private void keep(Throwable error) {
    if (first == null) {
      first = error;
    } else if (first != error) {
      first.addSuppressed(error);
    }
  }

  /** Adds what was thrown to another error, which was there before. */
  public void addTo(Throwable error) {
    if (first != null && first != error) {
      error.addSuppressed(first);
    }
  }

  /** Throws the first error, if there was one; the others are suppressed in it. */
  public void rethrow() throws Exception {
    if (first instanceof Error error) {
      throw error;
    }
    if (first instanceof Exception exception) {
      throw exception;
    }
  }
}
