package dev.millrace.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests done one after the other on one thread, which exists only while there is something to
 * do. After a while without requests it gives its clients back and ends. Thread-safe.
 */
final class Lane {

  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
  private static final int QUEUE = 1024;

  private final String name;
  private final Duration idle;
  private final Runnable release;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Request> queue = new ArrayDeque<>();
  private boolean alive;
  private boolean closed;

  /** Something to do. */
  interface Request {
    /** On the lane's thread; throws nothing. */
    void run();

    /** Instead of it, when the lane was closed first. */
    void drop();
  }

  /** Why a request was not taken. */
  enum Refusal {
    NONE,
    CLOSED,
    FULL
  }

  /**
   * A lane without a thread.
   *
   * @param idle how long clients are kept without requests
   * @param release gives back what the requests have opened; runs on the lane's thread
   */
  Lane(String name, Duration idle, Runnable release) {
    this.name = name;
    this.idle = idle;
    this.release = release;
  }

  /** Queues a request; never blocks. */
  Refusal submit(Request request) {
    lock.lock();
    try {
      if (closed) return Refusal.CLOSED;
      if (queue.size() >= QUEUE) return Refusal.FULL;
      queue.add(request);
      changed.signalAll();
      if (!alive) begin();
      return Refusal.NONE;
    } finally {
      lock.unlock();
    }
  }

  /** Its context loader is ours: the request may come from a thread of a plugin. */
  private void begin() {
    Thread thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::live);
    thread.setContextClassLoader(Lane.class.getClassLoader());
    thread.start();
    alive = true;
  }

  private void live() {
    do {
      serve();
      giveBack();
    } while (!over());
  }

  private void serve() {
    Request next = next();
    while (next != null) {
      next.run();
      next = next();
    }
  }

  /** The next request; null when none came for so long, or the lane was closed. */
  private Request next() {
    lock.lock();
    try {
      awaitRequest();
      return queue.poll();
    } finally {
      lock.unlock();
    }
  }

  private void awaitRequest() {
    long left = idle.toNanos();
    try {
      while (queue.isEmpty() && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      LOG.warn("{} was interrupted and goes to rest", name);
    }
  }

  private void giveBack() {
    try {
      release.run();
    } catch (RuntimeException | Error e) { // else no request would be served any more
      LOG.warn("{} could not close its Kafka clients: {}", name, e.toString());
    }
  }

  private boolean over() {
    lock.lock();
    try {
      alive = !queue.isEmpty();
      changed.signalAll();
      return !alive;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes no more requests, and waits for those there are; drops what is left after the time.
   * Whether the thread has ended.
   */
  boolean close(Duration atMost) {
    List<Request> left;
    boolean ended;
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      ended = awaitEnd(atMost.toNanos());
      left = List.copyOf(queue);
      queue.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(Request::drop);
    return ended;
  }

  private boolean awaitEnd(long nanos) {
    long left = nanos;
    try {
      while (alive && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !alive;
  }
}
