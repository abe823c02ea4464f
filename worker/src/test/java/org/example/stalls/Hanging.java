package org.example.stalls;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Code of others that does not return until it is told to. */
public final class Hanging {

  private final CountDownLatch gate = new CountDownLatch(1);

  /** Returns when the gate is open, or after five minutes. */
  public void poll() {
    try {
      if (!gate.await(5, TimeUnit.MINUTES)) throw new AssertionError("nobody opened the gate");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets everybody go. */
  public void open() {
    gate.countDown();
  }
}
