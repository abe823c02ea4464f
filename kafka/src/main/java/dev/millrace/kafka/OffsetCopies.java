package dev.millrace.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of committed offsets on their way to the worker's topic: one write at a time, newer ones
 * replace those that wait. A copy that fails is given up, since the truth lies elsewhere. Several
 * changes may be under way at once, since whoever waits for one gives it up after a while and
 * begins the next: of each partition the one that began last wins. Thread-safe.
 */
final class OffsetCopies {

  private static final Logger LOG = LoggerFactory.getLogger(OffsetCopies.class);

  private final KafkaOffsetStore worker;
  private final ReentrantLock lock = new ReentrantLock();
  private Map<Map<String, ?>, Map<String, ?>> waiting = new HashMap<>();
  private boolean writing;
  private long changes; // that have begun; guarded by lock, as all but the last
  private int underWay;
  private final Map<Map<String, ?>, Long> forgotten = new HashMap<>(); // newest change that does so
  private final Map<Map<String, ?>, Long> handedOver = new HashMap<>(); // newest to the own topic
  private final AtomicBoolean failing = new AtomicBoolean();

  OffsetCopies(KafkaOffsetStore worker) {
    this.worker = worker;
  }

  /**
   * A change begins, to be ended. Copies of what it forgets are taken back, and earlier changes
   * make none any more.
   */
  Change begin(Set<Map<String, ?>> forgets) {
    lock.lock();
    try {
      long number = ++changes;
      underWay++;
      waiting.keySet().removeAll(forgets);
      forgets.forEach(partition -> forgotten.put(partition, number));
      return new Change(number);
    } finally {
      lock.unlock();
    }
  }

  /** A change of offsets that is under way. */
  final class Change {
    private final long number;

    private Change(long number) {
      this.number = number;
    }

    /** Whether it may be written to the own topic now, which has got nothing newer. */
    boolean handOver(Map<String, ?> partition) {
      lock.lock();
      try {
        return handedOver.merge(partition, number, Math::max) == number;
      } finally {
        lock.unlock();
      }
    }

    /** Copies what it has committed, but for what is forgotten or replaced; never blocks. */
    void copy(String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
      lock.lock();
      try {
        offsets.forEach(
            (partition, offset) -> {
              if (offset != null && isLast(partition)) waiting.put(partition, offset);
            });
      } finally {
        lock.unlock();
      }
      next(connector);
    }

    private boolean isLast(Map<String, ?> partition) {
      return forgotten.getOrDefault(partition, number) <= number
          && handedOver.getOrDefault(partition, number) <= number;
    }

    /** It is over, whatever became of it. */
    void end() {
      lock.lock();
      try {
        if (--underWay > 0) return;
        forgotten.clear();
        handedOver.clear();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Copies what a person has changed, under the bytes the worker's topic has for it. */
  void alter(String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
    Map<Map<String, ?>, Map<String, ?>> kept = new HashMap<>(offsets);
    kept.values().removeIf(Objects::isNull);
    if (!kept.isEmpty()) {
      var unused = worker.alter(connector, kept).whenComplete((done, e) -> failed(connector, e));
    }
  }

  private void next(String connector) {
    Map<Map<String, ?>, Map<String, ?>> taken = take();
    if (!taken.isEmpty()) {
      var unused =
          worker
              .write(connector, taken)
              .whenComplete(
                  (done, error) -> {
                    answered(connector, error);
                    next(connector);
                  });
    }
  }

  private Map<Map<String, ?>, Map<String, ?>> take() {
    lock.lock();
    try {
      if (writing || waiting.isEmpty()) return Map.of();
      Map<Map<String, ?>, Map<String, ?>> taken = waiting;
      waiting = new HashMap<>();
      writing = true;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private void answered(String connector, Throwable error) {
    lock.lock();
    try {
      writing = false;
    } finally {
      lock.unlock();
    }
    failed(connector, error);
  }

  /** Says the first failure of a row only. */
  private void failed(String connector, Throwable error) {
    if (!failing.getAndSet(error != null) && error != null) {
      LOG.warn(
          "The offsets of connector '{}' are committed, but could not be copied to the worker's topic: {}",
          connector,
          error.toString());
    }
  }
}
