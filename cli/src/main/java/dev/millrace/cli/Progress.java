package dev.millrace.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Supplier;

/** Says what is being done and how long it took. Thread-safe: each line is printed at once. */
record Progress(PrintStream out) {

  /** One line. */
  void say(String line) {
    out.println(line);
  }

  /** Announces a step, does it, and says how long it took. */
  <T> T step(String what, Supplier<T> work) {
    say(what + "…");
    long begun = System.nanoTime();
    T made = work.get();
    say("  %s: done in %s".formatted(what, seconds(System.nanoTime() - begun)));
    return made;
  }

  /** {@code 2.1 s}. */
  static String seconds(long nanos) {
    return "%.1f s".formatted(Duration.ofNanos(nanos).toMillis() / 1000.0);
  }
}
