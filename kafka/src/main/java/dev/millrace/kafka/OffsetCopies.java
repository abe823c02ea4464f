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
 * replace those that wait. A copy that fails is given up, since the truth lies elsewhere.
 * Thread-safe.
 */
final class OffsetCopies {

  private static final Logger LOG = LoggerFactory.getLogger(OffsetCopies.class);

  private final KafkaOffsetStore worker;
  private final ReentrantLock lock = new ReentrantLock();
  private Map<Map<String, ?>, Map<String, ?>> waiting = new HashMap<>();
  private boolean writing;
  private final AtomicBoolean failing = new AtomicBoolean();

  OffsetCopies(KafkaOffsetStore worker) {
    this.worker = worker;
  }

  /** Takes back copies that wait. */
  void drop(Set<Map<String, ?>> partitions) {
    lock.lock();
    try {
      waiting.keySet().removeAll(partitions);
    } finally {
      lock.unlock();
    }
  }

  /** Copies offsets, but for those that were forgotten; never blocks. */
  void add(String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
    lock.lock();
    try {
      offsets.forEach(
          (partition, offset) -> {
            if (offset != null) waiting.put(partition, offset);
          });
    } finally {
      lock.unlock();
    }
    next(connector);
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
