package dev.millrace.cli.demo;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The last hundred latencies. Thread-safe: its methods are locked. */
public final class Latencies {
  private static final int KEPT = 100;

  private final Deque<Duration> last = new ArrayDeque<>();

  /** None yet. */
  public Latencies() {}

  /**
   * Two numbers of them.
   *
   * @param median half took at most this long
   * @param p99 99 of a hundred took at most this long
   * @param samples how many there are
   */
  public record Summary(Duration median, Duration p99, int samples) {}

  /** Adds one; the oldest gives way. */
  public synchronized void add(Duration latency) {
    if (last.size() == KEPT) {
      last.removeFirst();
    }
    last.addLast(latency);
  }

  /** The summary; empty before the first. */
  public synchronized Optional<Summary> summary() {
    if (last.isEmpty()) {
      return Optional.empty();
    }
    List<Duration> sorted = last.stream().sorted().toList();
    return Optional.of(new Summary(at(sorted, 50), at(sorted, 99), sorted.size()));
  }

  private static Duration at(List<Duration> sorted, int percent) {
    int rank = (sorted.size() * percent + 99) / 100;
    return sorted.get(Math.max(0, rank - 1));
  }
}
