package dev.millrace.testkit;

import java.util.Random;

/** What a simulation leaves to chance, all of it following from a seed. Single-threaded. */
final class Chance {

  private static final int DELAY_MS_MAX = 40;
  private static final int SLOW_MS_MAX = 400;

  private final Random random;
  private boolean calm;

  Chance(long seed) {
    this.random = new Random(seed);
  }

  /** From now on nothing is lost or slow. */
  void calm() {
    calm = true;
  }

  /** Whether something rare and bad happens. */
  boolean oneIn(int cases) {
    return random.nextInt(cases) == 0 && !calm;
  }

  /** How long a message takes, in milliseconds. */
  int delay() {
    return 1 + random.nextInt(oneIn(50) ? SLOW_MS_MAX : DELAY_MS_MAX);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean even() {
    return random.nextBoolean();
  }
}
