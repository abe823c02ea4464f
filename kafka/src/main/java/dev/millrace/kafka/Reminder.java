package dev.millrace.kafka;

import java.time.Duration;

/**
 * Decides when a trouble that lasts is said again: when it begins, when it has become another one,
 * and then each minute. Confined to its owner's thread or lock.
 */
public final class Reminder {
  private static final Duration EVERY = Duration.ofMinutes(1);

  private String said = "";
  private long againAt;

  /** Whether this is to be said now; empty when there is no trouble, which is never said. */
  public boolean due(String trouble) {
    long now = System.nanoTime();
    boolean due = !trouble.isEmpty() && (!trouble.equals(said) || now - againAt >= 0);
    if (due) againAt = now + EVERY.toNanos();
    said = trouble;
    return due;
  }
}
