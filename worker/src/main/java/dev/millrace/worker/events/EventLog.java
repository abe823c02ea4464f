package dev.millrace.worker.events;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The newest changes in the life of a worker's connectors and tasks; older ones are forgotten.
 * Thread-safe, guarded by a lock of its own.
 */
public final class EventLog {

  /** How many are kept. */
  public static final int CAPACITY = 2_000;

  /** How much of a reason's beginning and of its end is kept: plugins put data into messages. */
  private static final int ENDS = 8_000;

  /**
   * One change.
   *
   * @param number grows by one with each event of this worker
   * @param subject the connector, or the task as {@code connector-0}
   * @param what what it has become or what was asked of it, such as {@code RUNNING}
   * @param reason why, as far as it is known; else empty
   */
  public record Event(
      long number, Instant at, String connector, String subject, String what, String reason) {}

  private final InstantSource clock;
  private final Deque<Event> events = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private long numbers;

  public EventLog(InstantSource clock) {
    this.clock = clock;
  }

  /** Notes a change. */
  public void add(String connector, String subject, String what, String reason) {
    String kept = shortened(reason);
    lock.lock();
    try {
      if (events.size() == CAPACITY) events.removeFirst();
      events.addLast(new Event(numbers++, clock.instant(), connector, subject, what, kept));
    } finally {
      lock.unlock();
    }
  }

  private static String shortened(String reason) {
    int more = reason.length() - 2 * ENDS;
    if (more <= 0) return reason;
    return "%s%n… %d characters are left out …%n%s"
        .formatted(reason.substring(0, ENDS), more, reason.substring(ENDS + more));
  }

  /** The newest events that are wanted, oldest first. */
  public List<Event> newest(int atMost, Predicate<Event> wanted) {
    lock.lock();
    try {
      var found = events.stream().filter(wanted).toList();
      return found.subList(Math.max(0, found.size() - atMost), found.size());
    } finally {
      lock.unlock();
    }
  }
}
