package dev.millrace.cli;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a number grows, over the last seconds. Owned by one thread. */
final class RateMeter {
  private static final long WINDOW = Duration.ofSeconds(5).toNanos();

  private record Sample(long nanos, long value) {}

  private final Deque<Sample> samples = new ArrayDeque<>();

  /** Notes the number now; how much it grew per second since the oldest sample of the window. */
  double perSecond(long nanos, long value) {
    samples.addLast(new Sample(nanos, value));
    while (samples.size() > 2 && nanos - samples.getFirst().nanos() > WINDOW) {
      samples.removeFirst();
    }
    Sample first = samples.getFirst();
    long elapsed = nanos - first.nanos();
    return elapsed == 0 ? 0 : Math.max(0, value - first.value()) * 1e9 / elapsed;
  }
}
