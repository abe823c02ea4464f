package dev.millrace.testkit;

import java.util.PriorityQueue;

/** What happens when on a virtual clock, in milliseconds. Single-threaded. */
final class Agenda {

  private record Timed(long at, long order, Runnable run) implements Comparable<Timed> {
    @Override
    public int compareTo(Timed that) {
      return at != that.at ? Long.compare(at, that.at) : Long.compare(order, that.order);
    }
  }

  private final PriorityQueue<Timed> ahead = new PriorityQueue<>();
  private long now;
  private long order;

  long now() {
    return now;
  }

  /** Has it run after so long; what is due at the same time runs in the order of its asking. */
  void after(long millis, Runnable run) {
    ahead.add(new Timed(now + millis, order++, run));
  }

  /** Runs the next thing that is due by then; false when there is none. */
  boolean next(long by) {
    if (ahead.isEmpty() || ahead.peek().at() > by) return false;
    var next = ahead.poll();
    now = Math.max(now, next.at());
    next.run().run();
    return true;
  }

  /** It is as late as this now. */
  void advance(long to) {
    now = Math.max(now, to);
  }
}
