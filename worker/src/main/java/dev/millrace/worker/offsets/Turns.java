package dev.millrace.worker.offsets;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One at a time for each name. Nothing is kept of a name that nobody uses: requests may name
 * whatever they like. Thread-safe.
 */
final class Turns {

  private final Map<String, Turn> present = new ConcurrentHashMap<>();

  /** Those who have it or wait for it; counted while the map holds the name's entry. */
  private static final class Turn {
    private final ReentrantLock lock = new ReentrantLock();
    private int users;
  }

  /** Waits for so long until nobody else has it; whether that is so now, until given back. */
  boolean take(String name, long seconds) throws InterruptedException {
    var turn = present.compute(name, (n, known) -> joined(known == null ? new Turn() : known));
    boolean taken = false;
    try {
      taken = turn.lock.tryLock(seconds, TimeUnit.SECONDS);
    } finally {
      if (!taken) leave(name);
    }
    return taken;
  }

  private static Turn joined(Turn turn) {
    turn.users++;
    return turn;
  }

  /** By the thread that has it. */
  void giveBack(String name) {
    present.get(name).lock.unlock();
    leave(name);
  }

  private void leave(String name) {
    present.computeIfPresent(name, (n, turn) -> --turn.users == 0 ? null : turn);
  }

  /** How many names are in use. */
  int inUse() {
    return present.size();
  }
}
