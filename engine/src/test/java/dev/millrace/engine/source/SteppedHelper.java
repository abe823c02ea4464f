package dev.millrace.engine.source;

import dev.millrace.engine.Helper;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/**
 * Helping threads whose steps are taken when the test says so, which stands for every way in which
 * they may interleave with the task's own thread. Like real ones, each step may find the world
 * changed by the others. One thread.
 */
final class SteppedHelper implements Helper {
  private final Deque<BooleanSupplier> helping = new ArrayDeque<>();

  /** How often somebody asked. */
  int asked;

  @Override
  public void help(BooleanSupplier step) {
    asked++;
    helping.addLast(step);
  }

  /** Takes one step, if there is one to take. While it waits, others may be taken, not itself. */
  void step() {
    if (helping.isEmpty()) {
      return;
    }
    BooleanSupplier step = helping.removeFirst();
    if (step.getAsBoolean()) {
      helping.addFirst(step);
    }
  }

  void steps(int count) {
    for (int i = 0; i < count; i++) {
      step();
    }
  }

  /** Whether somebody is being helped. */
  boolean busy() {
    return !helping.isEmpty();
  }
}
